import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { RecordingFormat } from '@mediamtx-camera-service/protocol';
import type { Logger } from 'pino';
import type { RecordingStore } from '../store/recordings.ts';
import { describeClosedFile } from './closed-file.ts';
import { listDirectory, listSegments, recordingLayout } from './layout.ts';
import { mark, markedNames, unmark } from './protection-mark.ts';

export interface CatalogCheckDeps {
  store: RecordingStore;
  recordingsDir: string;
  /** For the length of files that it takes in. */
  ffmpeg: () => string;
  now: () => number;
  log: Logger;
}

/**
 * Makes files and catalog agree after a kill: rows without a file go; segments that belong to no session become one
 * that is closed into a recording; files that the catalog doesn't know come in; what row or mark says is protected is
 * so in both. Runs before anything records.
 */
export async function checkRecordings(deps: CatalogCheckDeps): Promise<void> {
  const { store, recordingsDir, log } = deps;
  for (const row of store.all()) {
    if (existsSync(join(recordingLayout(recordingsDir, row.device).dir, row.filename))) continue;
    store.remove(row.filename);
    log.warn({ filename: row.filename }, 'a recording of the catalog has no file any more and was taken out');
  }
  for (const device of await listDirectory(recordingsDir)) {
    if (/^camera\d+$/.test(device)) await checkDevice(deps, device);
  }
}

async function checkDevice(deps: CatalogCheckDeps, device: string): Promise<void> {
  const { store, recordingsDir, now, log } = deps;
  const { dir, segmentsDir } = recordingLayout(recordingsDir, device);
  const sessions = store.sessions().filter((row) => row.device === device);
  for (const name of await listDirectory(dir)) {
    const sessionId = /^closing-(.+)$/.exec(name)?.[1];
    if (sessionId && !sessions.some((row) => row.session_id === sessionId))
      await clearClosing(deps, device, sessionId);
    if (/\.(mp4|mkv)$/.test(name)) await adoptFile(deps, device, name);
  }
  const lost = await checkMarks(deps, device);
  const [first] = await listSegments(segmentsDir);
  if (!first || sessions.length > 0) {
    await dropMarks(deps, dir, lost);
    return;
  }
  log.warn({ device }, 'segments without a session are made a recording');
  // One that was protected while it ran has left its name, and stays protected under it.
  const filename = lost.at(-1) ?? `${device}_recovered_${Math.round(first.startMs)}.mp4`;
  await dropMarks(deps, dir, lost.slice(0, -1));
  store.addSession({
    session_id: randomUUID(),
    device,
    filename,
    format: formatOf(filename),
    duration: null,
    started_at: now(),
    state: 'closing',
  });
}

/** Makes rows and marks agree, on the side of what is kept. Returns the names of marks that no recording has, oldest first. */
async function checkMarks(
  { store, recordingsDir, log }: CatalogCheckDeps,
  device: string,
): Promise<string[]> {
  const { dir } = recordingLayout(recordingsDir, device);
  const marked = new Set(markedNames(await listDirectory(dir)));
  for (const { filename, protected: flag } of store.allOf(device)) {
    if (marked.has(filename) && flag === 0) store.setProtected(filename, true);
    if (marked.delete(filename) || flag === 0) continue;
    await mark(join(dir, filename)).catch((error: unknown) =>
      log.warn({ err: error, filename }, 'a protected recording could not be marked'),
    );
  }
  return [...marked].filter((name) => !store.findSession(name)).sort();
}

/** Of recordings that are gone. */
async function dropMarks({ log }: CatalogCheckDeps, dir: string, names: readonly string[]): Promise<void> {
  for (const filename of names) {
    await unmark(join(dir, filename)).catch((error: unknown) =>
      log.warn({ err: error, filename }, 'the mark of a recording that is gone could not be removed'),
    );
  }
}

function formatOf(filename: string): RecordingFormat {
  return filename.endsWith('.mkv') ? 'mkv' : 'mp4';
}

/** Leftovers of a close that had come through go; what the catalog knows nothing of is recorded picture. */
async function clearClosing(
  { store, recordingsDir }: CatalogCheckDeps,
  device: string,
  sessionId: string,
): Promise<void> {
  const { segmentsDir, closingDir } = recordingLayout(recordingsDir, device);
  const dir = closingDir(sessionId);
  if (!store.hasRecordingOf(sessionId)) {
    await mkdir(segmentsDir, { recursive: true });
    for (const { path } of await listSegments(dir)) await rename(path, join(segmentsDir, basename(path)));
  }
  await rm(dir, { recursive: true, force: true });
}

/** A closed file that the catalog doesn't know: the database was restored or replaced. Nothing is deleted. */
async function adoptFile(deps: CatalogCheckDeps, device: string, filename: string): Promise<void> {
  const { store, recordingsDir, log } = deps;
  const isKnown =
    store.find(filename) !== undefined || store.sessions().some((row) => row.filename === filename);
  if (isKnown) return;
  const path = join(recordingLayout(recordingsDir, device).dir, filename);
  const format = formatOf(filename);
  store.add(
    await describeClosedFile(
      path,
      { filename, device, session_id: `adopted-${filename}`, format },
      deps.ffmpeg,
    ),
  );
  log.warn({ filename }, 'a recording that the catalog did not know was taken in');
}

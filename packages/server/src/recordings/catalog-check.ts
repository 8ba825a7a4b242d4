import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { RecordingFormat } from '@mediamtx-camera-service/protocol';
import type { Logger } from 'pino';
import type { RecordingStore } from '../store/recordings.ts';
import { describeClosedFile } from './closed-file.ts';
import { listDirectory, listSegments, recordingLayout } from './layout.ts';

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
 * that is closed into a recording; files that the catalog doesn't know come in. Runs before anything records.
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
  const [first] = await listSegments(segmentsDir);
  if (!first || sessions.length > 0) return;
  log.warn({ device }, 'segments without a session are made a recording');
  store.addSession({
    session_id: randomUUID(),
    device,
    filename: `${device}_recovered_${Math.round(first.startMs)}.mp4`,
    format: 'mp4',
    duration: null,
    started_at: now(),
    state: 'closing',
  });
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
  const format: RecordingFormat = filename.endsWith('.mkv') ? 'mkv' : 'mp4';
  store.add(
    await describeClosedFile(
      path,
      { filename, device, session_id: `adopted-${filename}`, format },
      deps.ffmpeg,
    ),
  );
  log.warn({ filename }, 'a recording that the catalog did not know was taken in');
}

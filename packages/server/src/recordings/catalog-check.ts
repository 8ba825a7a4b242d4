import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { RecordingFormat } from '@mediamtx-camera-service/protocol';
import type { Logger } from 'pino';
import type { RecordingStore } from '../store/recordings.ts';
import { readFmp4 } from './fmp4.ts';
import { listDirectory, listSegments, recordingLayout } from './layout.ts';

export interface CatalogCheckDeps {
  store: RecordingStore;
  recordingsDir: string;
  now: () => number;
  log: Logger;
}

/**
 * Makes files and catalog agree after a kill: rows without a file go; segments that belong to no session become one
 * that is closed into a recording; leftovers of a close that had come through go. Runs before anything records.
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
    if (sessionId && !sessions.some((row) => row.session_id === sessionId)) {
      await rm(join(dir, name), { recursive: true, force: true });
    }
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

/** A closed file that the catalog doesn't know: the database was restored or replaced. Nothing is deleted. */
async function adoptFile({ store, recordingsDir, log }: CatalogCheckDeps, device: string, filename: string): Promise<void> {
  const isKnown = store.find(filename) !== undefined || store.sessions().some((row) => row.filename === filename);
  if (isKnown) return;
  const path = join(recordingLayout(recordingsDir, device).dir, filename);
  const { size, birthtimeMs, mtimeMs } = await stat(path);
  const durationMs = filename.endsWith('.mp4') ? ((await readFmp4(path))?.durationMs ?? 0) : 0;
  const format: RecordingFormat = filename.endsWith('.mkv') ? 'mkv' : 'mp4';
  store.add({
    filename,
    session_id: `adopted-${filename}`,
    device,
    format,
    size,
    duration_ms: Math.round(durationMs),
    start_at: Math.round(mtimeMs - durationMs),
    end_at: Math.round(mtimeMs),
    created_at: Math.round(birthtimeMs || mtimeMs),
    protected: 0,
  });
  log.warn({ filename }, 'a recording that the catalog did not know was taken in');
}

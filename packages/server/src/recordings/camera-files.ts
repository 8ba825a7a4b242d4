import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingStore } from '../store/recordings.ts';
import { moveDirectory } from '../store/move-directory.ts';
import { listDirectory, recordingLayout } from './layout.ts';

/** Moves a camera's recordings to another one; step by step, and each can be done again. None of it may be written. */
export async function* moveRecordings(
  recordingsDir: string,
  { other, device }: { other: string; device: string },
): AsyncGenerator<string> {
  const from = recordingLayout(recordingsDir, other);
  // Segments without a session would become part of the one camera's next recording.
  yield* moveDirectory(from.segmentsDir, from.brokenDir);
  yield* moveDirectory(from.dir, recordingLayout(recordingsDir, device).dir);
}

/**
 * Deletes all recordings of a camera but protected ones, and what is left of its segments; says how many. The file goes
 * first: a row without a file is taken out at the next start, but a file without a row would come back.
 */
export async function deleteRecordings(
  { store, recordingsDir }: { store: RecordingStore; recordingsDir: string },
  device: string,
): Promise<number> {
  const { dir } = recordingLayout(recordingsDir, device);
  const rows = store.allOf(device).filter((row) => row.protected === 0);
  for (const { filename } of rows) {
    await rm(join(dir, filename), { force: true });
    store.remove(filename);
  }
  const leftovers = (await listDirectory(dir)).filter((name) => /^(segments|broken|closing-.+)$/.test(name));
  for (const name of leftovers) await rm(join(dir, name), { recursive: true, force: true });
  await removeIfEmpty(dir);
  return rows.length;
}

async function removeIfEmpty(dir: string): Promise<void> {
  const names = await listDirectory(dir);
  if (names.length === 0) await rm(dir, { recursive: true, force: true });
}

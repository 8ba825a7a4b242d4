import { rm } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Deletes what is left of a camera's segments, and its directory where no recording is in it. */
export async function deleteLeftovers(recordingsDir: string, device: string): Promise<void> {
  const { dir } = recordingLayout(recordingsDir, device);
  const leftovers = (await listDirectory(dir)).filter((name) => /^(segments|broken|closing-.+)$/.test(name));
  for (const name of leftovers) await rm(join(dir, name), { recursive: true, force: true });
  await removeIfEmpty(dir);
}

async function removeIfEmpty(dir: string): Promise<void> {
  const names = await listDirectory(dir);
  if (names.length === 0) await rm(dir, { recursive: true, force: true });
}

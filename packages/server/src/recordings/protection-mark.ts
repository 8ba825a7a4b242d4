import { existsSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../store/atomic-file.ts';

/** An empty file beside a recording says that it is protected: it is there before the recording's own, and outlives the database. */
const suffix = '.protected';

export function isMarked(recording: string): boolean {
  return existsSync(`${recording}${suffix}`);
}

/** Lasts through a power cut when it resolves; also where it was done already. */
export async function mark(recording: string): Promise<void> {
  await mkdir(dirname(recording), { recursive: true });
  const file = await open(`${recording}${suffix}`, 'a', 0o640);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(dirname(recording));
}

/** As lasting, and also where there is none. */
export async function unmark(recording: string): Promise<void> {
  if (!isMarked(recording)) return;
  await rm(`${recording}${suffix}`, { force: true });
  await syncDirectory(dirname(recording));
}

/** The recordings that are marked, of the names in a directory. */
export function markedNames(names: readonly string[]): string[] {
  return names
    .filter((name) => /\.(mp4|mkv)\.protected$/.test(name))
    .map((name) => name.slice(0, -suffix.length));
}

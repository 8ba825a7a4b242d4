import type { Dirent } from 'node:fs';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../errors.ts';
import { syncDirectory } from './atomic-file.ts';

/**
 * Moves all that is in one directory into another of the same file system, and removes it. Yields after each step; cut
 * off at any of them and done again, it comes to the same end. A name that is taken is not replaced.
 */
export async function* moveDirectory(from: string, to: string): AsyncGenerator<string> {
  const entries = await listEntries(from);
  if (!entries) return;
  await mkdir(to, { recursive: true });
  for (const entry of entries) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory() && existsSync(target)) {
      yield* moveDirectory(source, target);
      continue;
    }
    await rename(source, existsSync(target) ? freeName(to, `${basename(from)}-${entry.name}`) : target);
    yield target;
  }
  // Before the old directory goes, and before anybody notes that all is done.
  await syncDirectory(to);
  await rmdir(from);
  await syncDirectory(dirname(from));
  yield from;
}

async function listEntries(dir: string): Promise<Dirent[] | undefined> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function freeName(dir: string, name: string): string {
  for (let n = 1; ; n++) {
    const path = join(dir, n === 1 ? name : `${n}-${name}`);
    if (!existsSync(path)) return path;
  }
}

import { link, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Files under way begin with this; whatever begins so at start-up is a leftover. */
export const partPrefix = '.part-';

/**
 * Writes a file that is there whole or not at all, also after a power cut, and never replaces another one: an existing
 * name fails with EEXIST. `temporary` must be on the same file system.
 */
export async function writeNewFile(path: string, temporary: string, data: Uint8Array): Promise<void> {
  try {
    const file = await open(temporary, 'wx', 0o640);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await publishFile(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Gives a complete file its final name, which must be free (EEXIST); the old name stays. */
export async function publishFile(from: string, to: string): Promise<void> {
  await link(from, to);
  await syncDirectory(dirname(to));
}

export async function syncFile(path: string): Promise<void> {
  await sync(await open(path, 'r'));
}

/** Makes the names in it last through a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  await sync(await open(path, 'r'));
}

async function sync(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

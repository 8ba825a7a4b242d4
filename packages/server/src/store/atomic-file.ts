import { link, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../errors.ts';

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

/**
 * Replaces a file by another text, whole or not at all, also after a power cut. Mode and owner stay, and a symbolic link
 * goes on leading to it; `mode` is that of a file that was not there. One caller at a time for one path.
 */
export async function replaceFile(path: string, data: string, mode: number): Promise<void> {
  const target = (await unlessMissing(realpath(path))) ?? path;
  const old = await unlessMissing(stat(target));
  const temporary = join(dirname(target), `${partPrefix}${basename(target)}`);
  await rm(temporary, { force: true });
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      const made = await file.stat();
      if (old && (old.uid !== made.uid || old.gid !== made.gid)) await file.chown(old.uid, old.gid);
      await file.chmod(old ? old.mode & 0o7777 : mode);
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(dirname(target));
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
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

// One installer at a time: a lock file, kept fresh by its holder and taken over when it goes stale.
// Correctness never hangs on it: what is installed arrives by one atomic rename, so that two winners
// leave the same result. The lock only saves the second one the work.
import { randomUUID } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const FRESH_EVERY_MS = 1000;
const STALE_AFTER_MS = 15_000;
const POLL_MS = 100;
const ORPHAN_AFTER_MS = 3_600_000;

/**
 * Does the work while holding the lock file; waits for another holder first.
 * @template T
 * @param {string} file its directory is created
 * @param {{ signal?: AbortSignal | undefined, onWait?: () => void }} options onWait: called once if it must wait
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, { signal, onWait }, work) {
  const token = randomUUID();
  await mkdir(dirname(file), { recursive: true });
  for (let isFirst = true; !(await tryCreate(file, token)); isFirst = false) {
    if (isFirst) onWait?.();
    if (await isStale(file)) await rm(file, { force: true });
    else await delay(POLL_MS, undefined, { signal });
  }
  const keepFresh = setInterval(() => void touch(file), FRESH_EVERY_MS);
  try {
    signal?.throwIfAborted();
    return await work();
  } finally {
    clearInterval(keepFresh);
    if ((await readFile(file, 'utf8').catch(() => '')) === token) await rm(file, { force: true });
  }
}

/**
 * @param {string} file
 * @param {string} token
 */
async function tryCreate(file, token) {
  try {
    await writeFile(file, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
async function isStale(file) {
  const info = await stat(file).catch(() => undefined);
  return info !== undefined && Math.abs(Date.now() - info.mtimeMs) > STALE_AFTER_MS;
}

/** @param {string} file */
async function touch(file) {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined); // removed by hand: the rename still decides
}

/**
 * Gives the work a fresh directory beside the target, so that a rename stays on one file system, and removes
 * it afterwards, along with those that a killed run left behind.
 * @template T
 * @param {string} parent
 * @param {(directory: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withWorkDir(parent, work) {
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (name.startsWith('.work-')) await removeOrphan(join(parent, name));
  }
  const directory = await mkdtemp(join(parent, '.work-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @param {string} directory */
async function removeOrphan(directory) {
  const info = await stat(directory).catch(() => undefined);
  if (info !== undefined && Date.now() - info.mtimeMs > ORPHAN_AFTER_MS) {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Puts a finished program in its place: on disk first, then visible in one step.
 * @param {string} source on the same file system as target
 * @param {string} target
 */
export async function publishProgram(source, target) {
  await chmod(source, 0o755);
  const handle = await open(source, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(source, target);
}

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { InstallError } from './install-error.mjs';

/** @typedef {Readonly<Record<string, string | undefined>>} Env */

/**
 * The directory that holds everything installed or measured once a user, shared by all data directories.
 * @param {Env} env
 * @returns {string} an absolute path, which may not exist yet
 * @throws {InstallError} when neither XDG_CACHE_HOME nor a home directory is known
 */
export function cacheDir(env) {
  const base = env['XDG_CACHE_HOME'];
  // The XDG specification says that a relative path is to be ignored.
  if (base !== undefined && isAbsolute(base)) return join(base, 'mediamtx-camera-service');
  return join(homeDir(env), '.cache', 'mediamtx-camera-service');
}

/** @param {Env} env */
function homeDir(env) {
  if (env['HOME']) return env['HOME'];
  try {
    return homedir();
  } catch (error) {
    throw new InstallError('this user has no home directory: set HOME or XDG_CACHE_HOME', { cause: error });
  }
}

/**
 * The first program of that name on PATH.
 * @param {string} name
 * @param {Env} env
 * @returns {Promise<string | undefined>}
 */
export async function findOnPath(name, env) {
  return (await findAllOnPath(name, env))[0];
}

/**
 * All programs of that name on PATH, in its order.
 * @param {string} name
 * @param {Env} env
 * @returns {Promise<string[]>}
 */
export async function findAllOnPath(name, env) {
  const directories = (env['PATH'] ?? '').split(delimiter).filter((directory) => isAbsolute(directory));
  const candidates = [...new Set(directories)].map((directory) => join(directory, name));
  const runnable = await Promise.all(candidates.map(isRunnable));
  return candidates.filter((_, index) => runnable[index]);
}

/**
 * Whether the file exists and this user may execute it.
 * @param {string} path
 * @returns {Promise<boolean>}
 */
export async function isRunnable(path) {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // missing, a dangling link, or not permitted: for the caller it is not there
  }
}

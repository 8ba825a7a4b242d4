// Where the MediaMTX program comes from: the configuration, PATH, the cache, or it is installed into the
// cache. Plain JavaScript without dependencies, because scripts/setup.mjs runs it before anything is installed.
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InstallError, UnreachableError, explainFileError } from './install-error.mjs';
import { publishProgram, withLock, withWorkDir } from './lock.mjs';
import { buildMediaMtx, findGo } from './mediamtx-build.mjs';
import { RELEASES_URL, archiveName, downloadMediaMtx } from './mediamtx-download.mjs';
import { cacheDir, findAllOnPath, findOnPath, isRunnable } from './places.mjs';
import { lastLines, run } from './run.mjs';

/** @typedef {import('./places.mjs').Env} Env */
/** @typedef {{ path: string, version: string, origin: 'config' | 'path' | 'cache' }} MediaMtxProgram */
/** @typedef {{ text: string, fraction?: number }} Progress one text a step; fraction 0 to 1 where known */
/** @typedef {(progress: Progress) => void} Report */
/** @typedef {'auto' | 'download' | 'go' | 'never'} InstallWay */

/** The version that is installed. */
export const MEDIAMTX_VERSION = '1.20.1';
/** For messages: what isSupportedMediaMtx accepts. */
export const MEDIAMTX_SUPPORTED = '1.15.2 to 1.20.x';

const PROBE_TIMEOUT_MS = 60_000;
const ROOM_NEEDED_BYTES = 300e6;
const WAYS = /** @type {const} */ (['auto', 'download', 'go', 'never']);

/**
 * Whether the service works with this MediaMTX.
 * @param {string} version without a leading v
 */
export function isSupportedMediaMtx(version) {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (major !== 1 || minor > 20) return false;
  return minor > 15 || (minor === 15 && patch >= 2);
}

/**
 * Finds a MediaMTX that the service can use: the configured one, else the first fitting one on PATH, else the cache.
 * @param {object} options
 * @param {string | undefined} [options.configured] `mediamtx.binary`: a path, or a name on PATH
 * @param {Env} options.env
 * @param {((text: string) => void) | undefined} [options.note] told which programs were passed over, and why
 * @returns {Promise<MediaMtxProgram | undefined>}
 * @throws {InstallError} when the configured one cannot be used
 */
export async function findMediaMtx({ configured, env, note }) {
  if (configured) return findConfigured(configured, env);
  for (const path of await findAllOnPath('mediamtx', env)) {
    const { version, problem } = await probe(path, env);
    if (problem === undefined) return { path, version, origin: 'path' };
    note?.(`${path} is passed over: ${problem}`);
  }
  const path = cachedPath(env);
  if (!(await isRunnable(path))) return undefined;
  const { version, problem } = await probe(path, env);
  if (problem === undefined) return { path, version, origin: 'cache' };
  note?.(`${path} is passed over: ${problem}`);
  return undefined;
}

/**
 * @param {string} configured
 * @param {Env} env
 * @returns {Promise<MediaMtxProgram>}
 */
async function findConfigured(configured, env) {
  const path = configured.includes('/') ? configured : await findOnPath(configured, env);
  if (path === undefined) throw new InstallError(`mediamtx.binary: there is no ${configured} on PATH`);
  if (!(await isRunnable(path))) {
    throw new InstallError(`mediamtx.binary: ${path} does not exist, or this user may not execute it`);
  }
  const { version, problem } = await probe(path, env);
  if (problem !== undefined) throw new InstallError(`mediamtx.binary: ${path}: ${problem}`);
  return { path, version, origin: 'config' };
}

/**
 * @param {string} path
 * @param {Env} env
 * @returns {Promise<{ version: string, problem?: string }>}
 */
async function probe(path, env) {
  const result = await run(path, ['--version'], { env, timeoutMs: PROBE_TIMEOUT_MS });
  const version = /^v?(\d+\.\d+\.\d+\S*)/.exec(result.stdout.trim())?.[1];
  if (result.code !== 0 || version === undefined) {
    return { version: '', problem: `it does not run as MediaMTX (${lastLines(result, 1)})` };
  }
  if (isSupportedMediaMtx(version)) return { version };
  return { version, problem: `its version ${version} is not supported, which is ${MEDIAMTX_SUPPORTED}` };
}

/** @param {Env} env */
function cachedPath(env) {
  return join(cacheDir(env), 'mediamtx', `v${MEDIAMTX_VERSION}`, 'mediamtx');
}

/**
 * Installs MediaMTX into the cache, the way CAMERA_SERVICE_MEDIAMTX_INSTALL says. Any number of processes may
 * call it at once; nothing half installed is ever visible.
 * @param {object} options
 * @param {Env} options.env
 * @param {Report | undefined} [options.report] told each step
 * @param {AbortSignal | undefined} [options.signal]
 * @param {string} [options.releasesUrl] where the release archives are
 * @returns {Promise<MediaMtxProgram>}
 * @throws {InstallError} with the command to type, when it is impossible or forbidden
 */
export async function installMediaMtx({ env, report = () => {}, signal, releasesUrl = RELEASES_URL }) {
  const way = readWay(env);
  if (way === 'never') throw impossible('CAMERA_SERVICE_MEDIAMTX_INSTALL=never forbids to install it');
  const path = cachedPath(env);
  const directory = dirname(path);
  const onWait = () => report({ text: 'waiting for another process that installs MediaMTX' });
  try {
    return await withLock(join(directory, '.lock'), { signal, onWait }, async () => {
      const winner = await probeCached(path, env);
      if (winner !== undefined) return winner;
      await requireRoom(directory);
      return withWorkDir(directory, async (workDir) => {
        const program = await obtain(way, {
          version: MEDIAMTX_VERSION,
          workDir,
          env,
          report,
          signal,
          releasesUrl,
        });
        await publishProgram(program, path);
        const installed = await probeCached(path, env);
        if (installed === undefined) throw impossible(`${path} was installed, but does not run here`);
        return installed;
      });
    });
  } catch (error) {
    throw explainFileError(error, directory);
  }
}

/**
 * @param {string} path
 * @param {Env} env
 * @returns {Promise<MediaMtxProgram | undefined>}
 */
async function probeCached(path, env) {
  if (!(await isRunnable(path))) return undefined;
  const { version, problem } = await probe(path, env);
  return problem === undefined ? { path, version, origin: 'cache' } : undefined;
}

/**
 * @param {Env} env
 * @returns {InstallWay}
 */
function readWay(env) {
  const value = env['CAMERA_SERVICE_MEDIAMTX_INSTALL'] || 'auto';
  const way = WAYS.find((known) => known === value);
  if (way !== undefined) return way;
  throw new InstallError(`CAMERA_SERVICE_MEDIAMTX_INSTALL is '${value}'; it may be ${WAYS.join(', ')}`);
}

/**
 * @param {InstallWay} way
 * @param {import('./mediamtx-build.mjs').BuildOptions & { releasesUrl: string }} options
 * @returns {Promise<string>}
 */
async function obtain(way, options) {
  let reason = 'CAMERA_SERVICE_MEDIAMTX_INSTALL=go asks to build it';
  if (way !== 'go') {
    try {
      return await downloadMediaMtx(options);
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      if (way === 'download') throw impossible(error.message, error);
      reason = error.message;
    }
  }
  const go = await findGo(options.env);
  if (go === undefined) throw impossible(`${reason}, and there is no Go 1.26 or newer to build it with`);
  return buildMediaMtx(go, options);
}

/** @param {string} directory */
async function requireRoom(directory) {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= ROOM_NEEDED_BYTES) return;
  const free = Math.floor((bavail * bsize) / 1e6);
  throw impossible(
    `installing takes ${ROOM_NEEDED_BYTES / 1e6} MB in ${directory}, where ${free} MB are free`,
  );
}

/**
 * @param {string} reason
 * @param {unknown} [cause]
 */
function impossible(reason, cause) {
  const archive = archiveName(MEDIAMTX_VERSION);
  const command =
    archive === undefined
      ? `put a mediamtx of version ${MEDIAMTX_SUPPORTED} on PATH`
      : `curl -fL ${RELEASES_URL}/v${MEDIAMTX_VERSION}/${archive} | sudo tar -xz -C /usr/local/bin mediamtx`;
  return new InstallError(`MediaMTX is missing: ${reason}. Install it by hand:\n  ${command}`, { cause });
}

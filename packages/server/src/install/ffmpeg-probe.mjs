import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir } from './places.mjs';
import { lastLines, run } from './run.mjs';

/** @typedef {import('./places.mjs').Env} Env */
/** @typedef {{ version: string, startMs: number }} Measured */
/** @typedef {Measured & { size: number, mtimeMs: number }} Remembered */

/** For messages: what isSupportedFfmpeg accepts. */
export const FFMPEG_SUPPORTED = '5.1 to 9';

const PROBE_TIMEOUT_MS = 60_000;
const MEASURED_STARTS = 3;

/**
 * Whether the service works with this ffmpeg.
 * @param {string} version
 */
export function isSupportedFfmpeg(version) {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  // 5.1 brought -fps_mode, and 9 took -vsync.
  return (major > 5 && major <= 9) || (major === 5 && minor >= 1);
}

/** @param {Env} env */
export function cachedFfmpegPath(env) {
  return join(cacheDir(env), 'ffmpeg', 'ffmpeg');
}

/**
 * The program's version, and how long it takes to start: the shortest of three, remembered in the cache for as
 * long as the file keeps its size and time.
 * @param {string} path
 * @param {Env} env
 * @returns {Promise<Measured | { problem: string }>}
 */
export async function probeFfmpeg(path, env) {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return { problem: 'it does not exist' };
  const { size, mtimeMs } = info;
  const known = (await readRemembered(env))[path];
  if (known !== undefined && known.size === size && known.mtimeMs === mtimeMs) return judge(known);
  const measured = await measure(path, env);
  if ('problem' in measured) return measured;
  await remember(path, { ...measured, size, mtimeMs }, env);
  return judge(measured);
}

/**
 * @param {Measured} measured
 * @returns {Measured | { problem: string }}
 */
function judge({ version, startMs }) {
  if (isSupportedFfmpeg(version)) return { version, startMs };
  return { problem: `its version ${version} is not supported, which is ${FFMPEG_SUPPORTED}` };
}

/**
 * @param {string} path
 * @param {Env} env
 * @returns {Promise<Measured | { problem: string }>}
 */
async function measure(path, env) {
  let startMs = Infinity;
  let version = '';
  for (let i = 0; i < MEASURED_STARTS; i++) {
    const startedAt = performance.now();
    const result = await run(path, ['-version'], { env, timeoutMs: PROBE_TIMEOUT_MS });
    startMs = Math.min(startMs, performance.now() - startedAt);
    const found = /^ffmpeg version (\S+)/.exec(result.stdout)?.[1];
    if (result.code !== 0 || found === undefined) {
      return { problem: `it does not run as ffmpeg (${lastLines(result, 1)})` };
    }
    // Some builds put an n before the number: n7.1-2-gabcdef.
    version = found.replace(/^n(?=\d)/, '');
  }
  return { version, startMs: Math.round(startMs * 10) / 10 };
}

/** @param {Env} env */
function rememberedFile(env) {
  return join(cacheDir(env), 'ffmpeg', 'start-times.json');
}

/**
 * @param {Env} env
 * @returns {Promise<Record<string, Remembered>>}
 */
async function readRemembered(env) {
  try {
    const content = JSON.parse(await readFile(rememberedFile(env), 'utf8'));
    return typeof content === 'object' && content !== null ? content : {};
  } catch {
    return {}; // not there yet, or damaged: it is measured again
  }
}

/**
 * @param {string} path
 * @param {Remembered} entry
 * @param {Env} env
 */
async function remember(path, entry, env) {
  const file = rememberedFile(env);
  const temporary = `${file}.${process.pid}`;
  try {
    await mkdir(join(file, '..'), { recursive: true });
    const content = { ...(await readRemembered(env)), [path]: entry };
    await writeFile(temporary, `${JSON.stringify(content, undefined, 2)}\n`);
    await rename(temporary, file);
  } catch {
    // A cache that cannot be written only costs the measuring next time.
  }
}

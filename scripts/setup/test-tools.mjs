// oxlint-disable no-restricted-imports -- runs before the workspaces' packages are linked
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { InstallError } from '../../packages/server/src/install/install-error.mjs';
import { publishProgram, withLock, withWorkDir } from '../../packages/server/src/install/lock.mjs';
import { cacheDir, findOnPath, isRunnable } from '../../packages/server/src/install/places.mjs';
import { lastLines, run } from '../../packages/server/src/install/run.mjs';

/** @typedef {import('../../packages/server/src/install/places.mjs').Env} Env */
/** @typedef {import('../../packages/server/src/install/mediamtx.mjs').Report} Report */
/** @typedef {{ env: Env, report: Report, signal: AbortSignal | undefined }} Options */

/** The second Node that the tests run on; the npm package of that name holds the official binary. */
const NODE_24 = '24.21.0';

/** @type {readonly { package: string, program: string }[]} */
const BROWSER = [{ package: 'chromium', program: 'chromium' }];
/** @type {readonly { package: string, program: string }[]} */
const EMULATOR = [
  { package: 'qemu-system-x86', program: 'qemu-system-x86_64' },
  { package: 'busybox-static', program: 'busybox' },
  { package: 'cpio', program: 'cpio' },
  { package: 'kmod', program: 'depmod' },
  { package: 'xz-utils', program: 'xz' },
  { package: 'v4l-utils', program: 'v4l2-ctl' },
];

/**
 * The Debian packages that the browser and the emulator tests need and that are not installed.
 * @param {{ browser: boolean, vm: boolean }} wanted
 * @param {Env} env
 * @returns {Promise<string[]>}
 */
export async function missingPackages(wanted, env) {
  const needed = [...(wanted.browser ? BROWSER : []), ...(wanted.vm ? EMULATOR : [])];
  // Debian keeps depmod where only root's PATH has it.
  const PATH = `${env['PATH'] ?? ''}:/usr/bin:/usr/sbin:/bin:/sbin`;
  const paths = await Promise.all(needed.map(({ program }) => findOnPath(program, { PATH })));
  return needed.filter((_, index) => paths[index] === undefined).map((entry) => entry.package);
}

/**
 * Readies the emulator's kernel by its own script, which is quick when there is nothing to do.
 * @param {string} root
 * @param {Options} options
 */
export async function prepareVm(root, { env, report, signal }) {
  const script = join(root, 'vm', 'setup.sh');
  if (
    !(await access(script).then(
      () => true,
      () => false,
    ))
  )
    return;
  // A line only when it takes long enough to be asked about.
  const timer = setTimeout(() => report({ text: "preparing the emulator's kernel (70 MB)" }), 500);
  const result = await run('bash', [script, '--quiet'], { env, signal }).finally(() => clearTimeout(timer));
  if (result.code !== 0) {
    throw new InstallError(
      `the emulator's kernel is missing: ${lastLines(result)}\nTry by hand:\n  bash ${script}`,
    );
  }
}

/** @param {Env} env */
export function node24Path(env) {
  return join(cacheDir(env), 'node', '24', 'node');
}

/**
 * Installs Node 24 into the cache when it is not there.
 * @param {Options} options
 * @returns {Promise<string>} its path
 */
export async function installNode24({ env, report, signal }) {
  const path = node24Path(env);
  if (await isNode24(path, env)) return path;
  const directory = join(path, '..');
  return withLock(join(directory, '.lock'), { signal }, async () => {
    if (await isNode24(path, env)) return path;
    const name = `node-linux-${process.arch}@${NODE_24}`;
    report({ text: `downloading Node ${NODE_24} (npm package ${name})` });
    await withWorkDir(directory, async (workDir) => {
      const options = { cwd: workDir, env, signal };
      const packed = await run('npm', ['pack', name, '--silent', '--pack-destination', workDir], options);
      const archive = packed.stdout.trim().split('\n').at(-1) ?? '';
      if (packed.code !== 0) throw new InstallError(`npm pack ${name} failed: ${lastLines(packed)}`);
      const unpacked = await run('tar', ['-xzf', archive, 'package/bin/node'], options);
      if (unpacked.code !== 0) throw new InstallError(`cannot unpack ${archive}: ${lastLines(unpacked)}`);
      await publishProgram(join(workDir, 'package', 'bin', 'node'), path);
    });
    if (!(await isNode24(path, env))) throw new InstallError(`${path} was installed, but does not run here`);
    return path;
  });
}

/**
 * @param {string} path
 * @param {Env} env
 */
async function isNode24(path, env) {
  if (!(await isRunnable(path))) return false;
  const result = await run(path, ['--version'], { env });
  return result.stdout.trim() === `v${NODE_24}`;
}

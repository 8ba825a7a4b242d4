import { InstallError } from './install-error.mjs';
import { findOnPath } from './places.mjs';
import { lastLines, run } from './run.mjs';

/** @typedef {import('./places.mjs').Env} Env */

const INSTALL = ['install', '-y', '--no-install-recommends'];
const LOCK_WAIT = ['-o', 'DPkg::Lock::Timeout=300'];

/**
 * Whether this process may install Debian packages here.
 * @param {Env} env
 * @returns {Promise<boolean>}
 */
export async function canUseApt(env) {
  return process.getuid?.() === 0 && (await findOnPath('apt-get', env)) !== undefined;
}

/**
 * The command with which a person installs the packages.
 * @param {readonly string[]} packages
 * @returns {string}
 */
export function aptCommand(packages) {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get ${INSTALL.join(' ')} ${packages.join(' ')}`;
}

/**
 * Installs Debian packages in one call; refreshes the package lists only when that is what was missing.
 * An abort is obeyed after apt-get has ended, because an interrupted dpkg has to be repaired by hand.
 * @param {readonly string[]} packages
 * @param {object} options
 * @param {Env} options.env
 * @param {import('./mediamtx.mjs').Report} options.report
 * @param {AbortSignal | undefined} options.signal
 * @throws {InstallError} with the command to type
 */
export async function installPackages(packages, { env, report, signal }) {
  if (!(await canUseApt(env))) {
    throw new InstallError(`missing: ${packages.join(', ')}. Install by hand:\n  ${aptCommand(packages)}`);
  }
  /** @param {readonly string[]} args */
  const apt = (args) =>
    run('apt-get', ['-qq', ...LOCK_WAIT, ...args], {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
      signal,
      isKilledOnAbort: false,
    });
  const text = `installing ${packages.join(', ')} with apt-get`;
  report({ text });
  let result = await apt([...INSTALL, ...packages]);
  // 100 stands for every failure; absent or outdated package lists are the usual one on a fresh machine.
  if (result.code === 100) {
    report({ text: 'refreshing the package lists with apt-get' });
    await apt(['update']);
    report({ text });
    result = await apt([...INSTALL, ...packages]);
  }
  if (result.code !== 0) {
    throw new InstallError(
      `apt-get cannot install ${packages.join(', ')}: ${lastLines(result)}\nTry by hand:\n  ${aptCommand(packages)}`,
    );
  }
}

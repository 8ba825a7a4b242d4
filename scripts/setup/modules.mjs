import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean }} LockedPackage */
/** @typedef {LockedPackage & { optional?: boolean, devOptional?: boolean, peer?: boolean }} WantedPackage */

/**
 * Whether node_modules holds what the lock names, by npm's own record of what it installed.
 * @param {string} root
 * @returns {Promise<boolean>}
 */
export async function areModulesCurrent(root) {
  const wanted = await readPackages(join(root, 'package-lock.json'));
  const installed = await readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.includes('node_modules/')) continue; // the root and the workspaces are the sources themselves
    const present = installed[path];
    if (present === undefined && !mayBeMissing(entry)) return false;
    if (present !== undefined && !isSame(present, entry)) return false;
  }
  return Object.keys(installed).every((path) => path in wanted);
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, WantedPackage> | undefined>}
 */
async function readPackages(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch {
    return undefined; // absent or damaged: the modules are installed anew
  }
}

/** @param {WantedPackage} entry builds for other platforms are in the lock, but not on the disk */
function mayBeMissing(entry) {
  return entry.optional === true || entry.devOptional === true || entry.peer === true;
}

/**
 * @param {LockedPackage} a
 * @param {LockedPackage} b
 */
function isSame(a, b) {
  return (
    a.version === b.version && a.integrity === b.integrity && a.resolved === b.resolved && a.link === b.link
  );
}

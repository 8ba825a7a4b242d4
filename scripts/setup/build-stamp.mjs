import { createHash } from 'node:crypto';
import { access, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** What a package holds besides the sources of its build. */
const NOT_SOURCES = /^(node_modules|dist.*|test|\.vite)$/;
const STAMP = 'node_modules/.cache/camera-service/build-stamp';

/**
 * One value for the state of all sources that a build reads: their paths, sizes and times.
 * @param {string} root
 * @returns {Promise<string>}
 */
export async function sourcesStamp(root) {
  const packages = (
    await Promise.all((await listPackages(root)).map((path) => listFiles(path, NOT_SOURCES)))
  ).flat();
  const config = ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json'].map((name) => join(root, name));
  const hash = createHash('sha256');
  const entries = await Promise.all([...config, ...packages].map((path) => describe(root, path)));
  for (const entry of entries.sort()) hash.update(`${entry}\n`);
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} path
 */
async function describe(root, path) {
  const info = await stat(path).catch(() => undefined);
  return `${relative(root, path)} ${info?.size} ${info?.mtimeMs}`;
}

/** @param {string} root */
async function listPackages(root) {
  const directory = join(root, 'packages');
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(directory, entry.name));
}

/**
 * @param {string} directory
 * @param {RegExp} [skipped] names to leave out of this directory itself
 * @returns {Promise<string[]>}
 */
async function listFiles(directory, skipped) {
  const entries = await readdir(directory, { withFileTypes: true });
  const nested = await Promise.all(
    entries
      .filter((entry) => !skipped?.test(entry.name))
      .map(async (entry) => {
        const path = join(directory, entry.name);
        return entry.isDirectory() ? await listFiles(path) : [path];
      }),
  );
  return nested.flat();
}

/**
 * Whether the last build was of these sources and its results are still there.
 * @param {string} root
 * @param {string} stamp
 */
export async function isBuildCurrent(root, stamp) {
  const [last, ...outputs] = (await readFile(join(root, STAMP), 'utf8').catch(() => '')).trim().split('\n');
  if (last !== stamp) return false;
  return (await existing(outputs.map((path) => join(root, path)))).length === outputs.length;
}

/**
 * Remembers that these sources are built, and into which directories.
 * @param {string} root
 * @param {string} stamp
 */
export async function writeBuildStamp(root, stamp) {
  const outputs = await existing((await listPackages(root)).map((path) => join(path, 'dist')));
  const file = join(root, STAMP);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, [stamp, ...outputs.map((path) => relative(root, path)), ''].join('\n'));
}

/** @param {readonly string[]} paths */
async function existing(paths) {
  const isThere = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => isThere[index]);
}

// `npm run dependencies`: what is installed is what was chosen: pinned, whole, from the registry, under a licence that
// lets it be passed on, and without programs that run at installation. Known weaknesses are asked for where the
// registry tells them.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Both build nothing where their prebuilt library fits; the service needs them for SQLite and V4L2. */
const mayRunAtInstallation = new Set(['@photostructure/sqlite', 'koffi']);

const licences = new Set([
  ...['0BSD', 'Apache-2.0', 'Artistic-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0'],
  ...['CC-BY-3.0', 'ISC', 'MIT', 'MPL-2.0', 'Python-2.0', 'WTFPL', '(MIT OR CC0-1.0)'],
]);

/** Read by a person: the fonts' own free licence, and a package that names its MIT licence in its readme alone. */
const readByHand = new Set(['dejavu-fonts-ttf', '@open-rpc/spec-types']);

/**
 * @typedef {object} Locked
 * @property {string} [version]
 * @property {string} [resolved]
 * @property {string} [integrity]
 * @property {string} [license]
 * @property {string} [deprecated]
 * @property {boolean} [link]
 * @property {boolean} [hasInstallScript]
 */

/** @param {string} file @returns {unknown} */
function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

/** @returns {[name: string, locked: Locked][]} */
function installed() {
  const { packages } = /** @type {{ packages: Record<string, Locked> }} */ (readJson('package-lock.json'));
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .map(([path, locked]) => [
      path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      locked,
    ]);
}

/** @returns {string[]} */
function loosePins() {
  const files = [
    'package.json',
    ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/package.json`),
  ];
  return files.flatMap((file) => {
    const manifest = /** @type {Record<string, Record<string, string> | undefined>} */ (readJson(file));
    const wanted = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}),
    );
    return wanted
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${file}: ${name} ${version} is not one exact version`);
  });
}

/** @param {string} name @param {Locked} locked @returns {string[]} */
function faultsOf(
  name,
  { version, resolved = '', integrity = '', license = 'none', deprecated, hasInstallScript },
) {
  const faults = [];
  // Without an address it comes from whatever registry is configured, and its checksum tells that it is the same.
  if (resolved !== '') faults.push(`comes from ${resolved}`);
  if (!integrity.startsWith('sha512-')) faults.push('has no SHA-512 checksum');
  if (deprecated !== undefined) faults.push(`is deprecated: ${deprecated}`);
  if (!licences.has(license) && !readByHand.has(name)) faults.push(`has the licence ${license}`);
  if (hasInstallScript && !mayRunAtInstallation.has(name)) faults.push('runs a program at its installation');
  return faults.map((fault) => `${name}@${version} ${fault}`);
}

/** @returns {{ faults: string[], note: string }} */
function knownWeaknesses() {
  const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8' });
  /** @type {{ vulnerabilities?: Record<string, { name: string, severity: string, range: string }> }} */
  let answer = {};
  try {
    answer = JSON.parse(stdout);
  } catch {
    // No JSON is no answer, told below.
  }
  if (answer.vulnerabilities === undefined) {
    return { faults: [], note: 'known weaknesses: NOT CHECKED, the registry tells none here (npm audit)' };
  }
  const weak = Object.values(answer.vulnerabilities);
  const grave = weak.filter(({ severity }) => severity === 'high' || severity === 'critical');
  return {
    faults: grave.map(({ name, severity, range }) => `${name} ${range} has a known weakness (${severity})`),
    note: `known weaknesses: ${weak.length}, of which ${grave.length} are high or critical`,
  };
}

const all = installed();
const { faults: weaknesses, note } = knownWeaknesses();
const faults = [...loosePins(), ...all.flatMap(([name, locked]) => faultsOf(name, locked)), ...weaknesses];
for (const fault of faults) console.error(fault);
console.log(
  `${all.length} packages, ${faults.length === 0 ? 'all as chosen' : `${faults.length} faults`}; ${note}`,
);
process.exitCode = faults.length === 0 ? 0 : 1;

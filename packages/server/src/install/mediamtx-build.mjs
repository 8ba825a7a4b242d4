import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InstallError } from './install-error.mjs';
import { findOnPath, isRunnable } from './places.mjs';
import { lastLines, run } from './run.mjs';

const MODULE = 'github.com/bluenviron/mediamtx';
/** The version that MediaMTX v1.20.1 names in internal/servers/hls/hlsjsdownloader/VERSION. */
const HLS_JS = 'hls.js@1.7.0';
/** Where Go's own installer puts it. */
const GO_ROOT = '/usr/local/go';
/** @type {Readonly<Record<string, string>>} Node's name of an architecture to the directory embedded there. */
const PI_CAMERA_DIRECTORIES = { arm64: 'mtxrpicam_64', arm: 'mtxrpicam_32' };

/**
 * @typedef {object} BuildOptions
 * @property {string} version
 * @property {string} workDir
 * @property {import('./places.mjs').Env} env
 * @property {import('./mediamtx.mjs').Report} report
 * @property {AbortSignal | undefined} signal
 */

/**
 * The Go toolchain: on PATH, else in GOROOT or its usual place, which a service's PATH often lacks.
 * @param {import('./places.mjs').Env} env
 * @returns {Promise<string | undefined>}
 */
export async function findGo(env) {
  const onPath = await findOnPath('go', env);
  if (onPath !== undefined) return onPath;
  const inRoot = join(env['GOROOT'] || GO_ROOT, 'bin', 'go');
  return (await isRunnable(inRoot)) ? inRoot : undefined;
}

/**
 * Builds MediaMTX from its Go module, with the files that upstream generates at release and go:embed needs.
 * @param {string} go
 * @param {BuildOptions} options
 * @returns {Promise<string>} the program's path in workDir
 * @throws {InstallError}
 */
export async function buildMediaMtx(go, options) {
  const { version, workDir, report, signal } = options;
  report({ text: `downloading the source of MediaMTX v${version}` });
  const source = join(workDir, 'source');
  await copyWritable(await downloadModule(go, options), source);
  await writeGeneratedFiles(source, options);

  report({ text: `building MediaMTX v${version} with Go (1 to 3 minutes)` });
  const program = join(workDir, 'mediamtx');
  const built = await run(go, ['build', '-buildvcs=false', '-o', program, '.'], {
    cwd: source,
    env: { ...options.env, CGO_ENABLED: '0', GOWORK: 'off', GOTMPDIR: workDir },
    signal,
  });
  if (built.code !== 0) throw new InstallError(`MediaMTX v${version} does not build: ${lastLines(built)}`);
  return program;
}

/**
 * @param {string} go
 * @param {BuildOptions} options
 * @returns {Promise<string>} its read-only directory in Go's cache
 */
async function downloadModule(go, { version, workDir, env, signal }) {
  const args = ['mod', 'download', '-json', `${MODULE}@v${version}`];
  const result = await run(go, args, { cwd: workDir, env: { ...env, GOWORK: 'off' }, signal });
  const directory = /"Dir":\s*("(?:[^"\\]|\\.)*")/.exec(result.stdout)?.[1];
  if (result.code !== 0 || directory === undefined) {
    const reason = /"Error":\s*("(?:[^"\\]|\\.)*")/.exec(result.stdout)?.[1];
    throw new InstallError(`go ${args.join(' ')} failed: ${reason ? JSON.parse(reason) : lastLines(result)}`);
  }
  return JSON.parse(directory);
}

/**
 * Copies a tree without its modes: Go's cache is read-only, directories included.
 * @param {string} source
 * @param {string} target
 * @returns {Promise<void>}
 */
async function copyWritable(source, target) {
  await mkdir(target, { recursive: true });
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) await copyWritable(from, to);
    else await copyFile(from, to);
  }
}

/**
 * @param {string} source
 * @param {BuildOptions} options
 */
async function writeGeneratedFiles(source, options) {
  // No newline at its end: it is what --version and the API report.
  await writeFile(join(source, 'internal/core/VERSION'), `v${options.version}`);
  await writeHlsJs(join(source, 'internal/servers/hls/hls.min.js'), options);
  const camera = PI_CAMERA_DIRECTORIES[process.arch];
  if (camera === undefined) return;
  // The Raspberry Pi's own camera is not read through MediaMTX here; the embed only must not be empty.
  const directory = join(source, 'internal/staticsources/rpicamera', camera);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'placeholder'), 'not built in\n');
}

/**
 * @param {string} target
 * @param {BuildOptions} options
 */
async function writeHlsJs(target, { workDir, env, report, signal }) {
  const packed = await run('npm', ['pack', HLS_JS, '--silent', '--pack-destination', workDir], {
    cwd: workDir,
    env,
    signal,
  });
  const archive = packed.stdout.trim().split('\n').at(-1) ?? '';
  const member = 'package/dist/hls.min.js';
  const isUnpacked =
    packed.code === 0 &&
    (await run('tar', ['-xzf', join(workDir, archive), '-C', workDir, member], { env, signal })).code === 0;
  if (isUnpacked) return copyFile(join(workDir, member), target);
  // Only MediaMTX's own HLS page uses it, and the service brings its own page.
  report({ text: `${HLS_JS} cannot be fetched with npm: MediaMTX is built without its own HLS page` });
  return writeFile(target, '');
}

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { InstallError, UnreachableError } from './install-error.mjs';
import { lastLines, run } from './run.mjs';

/** The project's public release address. */
export const RELEASES_URL = 'https://github.com/bluenviron/mediamtx/releases/download';

const REACH_TIMEOUT_MS = 5000;
const STALL_TIMEOUT_MS = 30_000;

/** @type {Readonly<Record<string, string>>} Node's name of an architecture to the archive's. */
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64', arm: 'armv7' };

/**
 * The archive's name for this machine.
 * @param {string} version
 * @returns {string | undefined} undefined where the project publishes none
 */
export function archiveName(version) {
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined || process.platform !== 'linux') return undefined;
  return `mediamtx_v${version}_linux_${architecture}.tar.gz`;
}

/**
 * Fetches the official release archive, checks it against the release's list and unpacks its program.
 * @param {object} options
 * @param {string} options.version
 * @param {string} options.workDir
 * @param {import('./places.mjs').Env} options.env
 * @param {import('./mediamtx.mjs').Report} options.report
 * @param {AbortSignal | undefined} options.signal
 * @param {string} options.releasesUrl
 * @returns {Promise<string>} the program's path in workDir
 * @throws {UnreachableError} when the release cannot be fetched
 * @throws {InstallError} when the archive is not the one that the release lists
 */
export async function downloadMediaMtx({ version, workDir, env, report, signal, releasesUrl }) {
  const name = archiveName(version);
  if (name === undefined)
    throw new UnreachableError(`no MediaMTX archive for ${process.platform} ${process.arch}`);
  const text = `downloading MediaMTX v${version}`;
  const base = `${releasesUrl}/v${version}`;
  const expected = await fetchChecksum(base, name, signal);
  report({ text });
  const archive = join(workDir, name);
  const actual = await fetchFile(`${base}/${name}`, archive, {
    signal,
    onFraction: (fraction) => report({ text, fraction }),
  });
  if (actual !== expected) {
    throw new InstallError(
      `${name} from ${releasesUrl} has SHA-256 ${actual}, the release lists ${expected}: it is not installed`,
    );
  }
  const unpacked = await run('tar', ['-xzf', archive, '-C', workDir, 'mediamtx'], { env, signal });
  if (unpacked.code !== 0) throw new InstallError(`cannot unpack ${name}: ${lastLines(unpacked)}`);
  return join(workDir, 'mediamtx');
}

/**
 * @param {string} base
 * @param {string} name
 * @param {AbortSignal | undefined} signal
 */
async function fetchChecksum(base, name, signal) {
  const url = `${base}/checksums.sha256`;
  const timeout = AbortSignal.timeout(REACH_TIMEOUT_MS);
  const list = await reaching(url, signal, async () => {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.text();
  });
  const line = list.split('\n').find((entry) => entry.trim().endsWith(name));
  const checksum = line?.trim().split(/\s+/)[0]?.toLowerCase();
  if (checksum === undefined || !/^[0-9a-f]{64}$/.test(checksum)) {
    throw new InstallError(`${url} does not list ${name}`);
  }
  return checksum;
}

/**
 * @param {string} url
 * @param {string} path
 * @param {{ signal: AbortSignal | undefined, onFraction: (fraction: number) => void }} options
 * @returns {Promise<string>} the SHA-256 of what was written
 */
async function fetchFile(url, path, { signal, onFraction }) {
  const stalled = new AbortController();
  const stall = () => stalled.abort(new Error(`no data for ${STALL_TIMEOUT_MS / 1000} s`));
  const timer = setTimeout(stall, STALL_TIMEOUT_MS);
  const file = await open(path, 'w');
  try {
    const response = await reaching(url, signal, () =>
      fetch(url, { signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal }),
    );
    if (!response.ok || response.body === null) throw new UnreachableError(`${url}: HTTP ${response.status}`);
    const total = Number(response.headers.get('content-length')) || undefined;
    const hash = createHash('sha256');
    const chunks = response.body.getReader();
    for (let received = 0; ;) {
      const { done, value } = await reaching(url, signal, () => chunks.read());
      if (done) return hash.digest('hex');
      timer.refresh();
      hash.update(value);
      await file.writeFile(value);
      received += value.length;
      if (total !== undefined) onFraction(received / total);
    }
  } finally {
    clearTimeout(timer);
    await file.close();
  }
}

/**
 * Names the address in a network error, and keeps the caller's own abort apart from it.
 * @template T
 * @param {string} url
 * @param {AbortSignal | undefined} signal
 * @param {() => Promise<T>} request
 * @returns {Promise<T>}
 */
async function reaching(url, signal, request) {
  try {
    return await request();
  } catch (error) {
    signal?.throwIfAborted();
    throw new UnreachableError(`${url} cannot be reached (${reasonOf(error)})`, { cause: error });
  }
}

/** @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.name === 'TimeoutError' ? `no answer within ${REACH_TIMEOUT_MS / 1000} s` : error.message;
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { archiveName } from '../../src/install/mediamtx-download.mjs';
import { MEDIAMTX_VERSION, findMediaMtx, installMediaMtx } from '../../src/install/mediamtx.mjs';
import { CACHED_MEDIAMTX, type Sandbox, createSandbox, mediaMtxOf } from './programs.ts';

const archive = archiveName(MEDIAMTX_VERSION) ?? '';
/** Where tar is; the sandbox's own PATH has no tools. */
const TOOLS = '/usr/bin:/bin';

async function serve(listener: RequestListener): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A release page with one archive; `checksum` replaces the right one in its list. */
async function serveRelease(sandbox: Sandbox, checksum?: string) {
  await sandbox.program('release/mediamtx', mediaMtxOf(MEDIAMTX_VERSION));
  const file = join(sandbox.directory, archive);
  await promisify(execFile)('tar', ['-czf', file, '-C', join(sandbox.directory, 'release'), 'mediamtx']);
  const content = await readFile(file);
  const sum = checksum ?? createHash('sha256').update(content).digest('hex');
  const requests: string[] = [];
  const server = await serve((request, response) => {
    requests.push(request.url ?? '');
    if (request.url === `/v${MEDIAMTX_VERSION}/checksums.sha256`) response.end(`${sum} *./${archive}\n`);
    else if (request.url === `/v${MEDIAMTX_VERSION}/${archive}`) response.end(content);
    else response.writeHead(404).end();
  });
  return Object.assign(server, { requests });
}

function environment(sandbox: Sandbox, way: string): Record<string, string> {
  return sandbox.env({ PATH: TOOLS, CAMERA_SERVICE_MEDIAMTX_INSTALL: way });
}

async function leftovers(sandbox: Sandbox): Promise<string[]> {
  return readdir(dirname(join(sandbox.directory, CACHED_MEDIAMTX)));
}

test('the release archive is checked, unpacked and found afterwards', async () => {
  await using sandbox = await createSandbox();
  await using release = await serveRelease(sandbox);
  const env = environment(sandbox, 'download');
  const fractions: number[] = [];
  const installed = await installMediaMtx({
    env,
    releasesUrl: release.url,
    report: ({ fraction }) => fractions.push(fraction ?? 0),
  });
  expect(installed).toEqual({
    path: join(sandbox.directory, CACHED_MEDIAMTX),
    version: MEDIAMTX_VERSION,
    origin: 'cache',
  });
  expect(fractions.at(-1)).toBe(1);
  expect(await findMediaMtx({ env })).toEqual(installed);
  expect(await leftovers(sandbox)).toEqual(['mediamtx']);
});

test('an archive with another checksum is refused, and nothing stays behind', async () => {
  await using sandbox = await createSandbox();
  await using release = await serveRelease(sandbox, '0'.repeat(64));
  const env = environment(sandbox, 'auto');
  await expect(installMediaMtx({ env, releasesUrl: release.url })).rejects.toThrow(/the release lists 0{64}/);
  expect(await leftovers(sandbox)).toEqual([]);
});

test('of several installers at once one works, and all have its result', async () => {
  await using sandbox = await createSandbox();
  await using release = await serveRelease(sandbox);
  const env = environment(sandbox, 'auto');
  const results = await Promise.all(
    Array.from({ length: 4 }, () => installMediaMtx({ env, releasesUrl: release.url })),
  );
  expect(new Set(results.map((result) => result.path))).toEqual(
    new Set([join(sandbox.directory, CACHED_MEDIAMTX)]),
  );
  expect(release.requests.filter((url) => url.endsWith(archive))).toHaveLength(1);
  expect(await leftovers(sandbox)).toEqual(['mediamtx']);
});

test('a damaged program in the cache is replaced', async () => {
  await using sandbox = await createSandbox();
  await using release = await serveRelease(sandbox);
  await writeFile(await sandbox.program(CACHED_MEDIAMTX, ''), 'damaged');
  const env = environment(sandbox, 'download');
  expect((await installMediaMtx({ env, releasesUrl: release.url })).version).toBe(MEDIAMTX_VERSION);
});

test('an abort in the middle of the download leaves nothing behind', async () => {
  await using sandbox = await createSandbox();
  const stop = new AbortController();
  await using server = await serve((request, response) => {
    if (request.url?.endsWith('checksums.sha256')) response.end(`${'0'.repeat(64)}  ${archive}\n`);
    else response.write('the rest never comes', () => stop.abort(new Error('stopped')));
  });
  const env = environment(sandbox, 'auto');
  await expect(installMediaMtx({ env, releasesUrl: server.url, signal: stop.signal })).rejects.toThrow(
    'stopped',
  );
  expect(await leftovers(sandbox)).toEqual([]);
});

test('never: the message says so and names the command', async () => {
  await using sandbox = await createSandbox();
  await expect(installMediaMtx({ env: environment(sandbox, 'never') })).rejects.toThrow(
    /INSTALL=never forbids.*\n {2}curl -fL https:.* tar -xz -C \/usr\/local\/bin mediamtx/s,
  );
});

test('an unknown way is refused with the known ones', async () => {
  await using sandbox = await createSandbox();
  await expect(installMediaMtx({ env: environment(sandbox, 'maybe') })).rejects.toThrow(
    "CAMERA_SERVICE_MEDIAMTX_INSTALL is 'maybe'; it may be auto, download, go, never",
  );
});

test('without the release page and without Go the message names both', async () => {
  await using sandbox = await createSandbox();
  await using server = await serve((_, response) => response.writeHead(503).end());
  const env = environment(sandbox, 'auto');
  await expect(installMediaMtx({ env, releasesUrl: server.url })).rejects.toThrow(
    /cannot be reached \(HTTP 503\), and there is no Go 1\.26 or newer/,
  );
});

test('a Go that cannot fetch the module has its reason passed on', async () => {
  await using sandbox = await createSandbox();
  await sandbox.program('tools/go', `echo '{ "Error": "module lookup disabled by GOPROXY=off" }'; exit 1`);
  const env = sandbox.env({
    PATH: `${join(sandbox.directory, 'tools')}:${TOOLS}`,
    CAMERA_SERVICE_MEDIAMTX_INSTALL: 'go',
  });
  await expect(installMediaMtx({ env })).rejects.toThrow(/mediamtx@v1\.20\.1 failed: module lookup disabled/);
  expect(await leftovers(sandbox)).toEqual([]);
});

test('a cache that cannot be written to is named', async () => {
  await using sandbox = await createSandbox();
  const file = await sandbox.program('file', '');
  const env = { ...environment(sandbox, 'go'), XDG_CACHE_HOME: file };
  await expect(installMediaMtx({ env })).rejects.toThrow(/cannot install into .*is a file.*XDG_CACHE_HOME/s);
});

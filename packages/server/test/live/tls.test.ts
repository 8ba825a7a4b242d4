import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { generate } from 'selfsigned';
import { Service, TempDir, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';

interface Trusting {
  /** The certificate that is trusted, and no other. */
  ca: Buffer;
  token: string;
}

function call(url: string, { ca, token }: Trusting, method: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(`${url}/rpc`, { method: 'POST', ca, headers }, (reply) => {
      let text = '';
      reply.on('data', (chunk) => (text += String(chunk)));
      reply.on('end', () => resolve((JSON.parse(text) as { result: Record<string, unknown> }).result));
    });
    sent.on('error', reject).end(JSON.stringify({ jsonrpc: '2.0', id: 1, method }));
  });
}

async function fingerprintAt(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

async function writePair(dir: TempDir): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  });
  const files = { cert: dir.join('server.crt'), key: dir.join('server.key') };
  writeFileSync(files.cert, made.cert);
  writeFileSync(files.key, made.private);
  return files;
}

const withFiles = ({ cert, key }: { cert: string; key: string }): Record<string, string> => ({
  CAMERA_SERVICE_SERVER_TLS_CERT: cert,
  CAMERA_SERVICE_SERVER_TLS_KEY: key,
});

test('--tls: whoever trusts the certificate that it made calls it, and every address says https or wss', async () => {
  await using service = await Service.start({ args: ['--tls'] });
  const { http_url, ws_url } = service.ready;
  expect([http_url, ws_url, await until(() => service.loginUrl)].map((url) => url.split(':')[0])).toEqual([
    'https',
    'wss',
    'https',
  ]);
  const ca = readFileSync(join(service.dataDir, 'secrets', 'tls.crt'));
  const trusting = { ca, token: await service.token() };
  const { cameras } = await call(service.httpUrl, trusting, 'get_camera_list');
  expect((cameras as { streams: object }[])[0]!.streams).toMatchObject({
    webrtc: `${service.httpUrl}/media/camera0/whep`,
    hls: `${service.httpUrl}/media/camera0/hls/index.m3u8`,
    rtsp: expect.stringMatching(/^rtsp:/) as unknown,
  });
  expect(await call(service.httpUrl, trusting, 'get_status')).toMatchObject({ warnings: [] });
  const socket = new WebSocket(ws_url, { ca });
  await once(socket, 'open');
  socket.terminate();
  const printed = /SHA-256 (\S+)\n\s+(\S+)\n/.exec(service.program.stdout)!;
  expect(`${printed[1]}:${printed[2]}`).toBe(await fingerprintAt(Number(new URL(http_url).port)));
  expect(service.log).toContain(`"fingerprint":"${printed[1]}:${printed[2]}"`);
});

test('the certificate stays the same over a restart', async () => {
  await using service = await Service.start({ args: ['--tls'] });
  const before = await fingerprintAt(Number(new URL(service.ready.http_url).port));
  await service.stop();
  await service.startAgain();
  expect(await fingerprintAt(Number(new URL(service.ready.http_url).port))).toBe(before);
});

test('a given certificate that is renewed is served without a restart', async () => {
  await using dir = await TempDir.create();
  await using service = await Service.start({ env: withFiles(await writePair(dir)) });
  const port = Number(new URL(service.ready.http_url).port);
  const before = await fingerprintAt(port);
  await writePair(dir);
  await until(async () => (await fingerprintAt(port)) !== before, {
    what: 'the renewed certificate',
    timeoutMs: 40_000,
  });
});

test.each([
  [
    'that is not there',
    (files: { cert: string; key: string }) => ({ ...files, key: '/nowhere/key.pem' }),
    "can't be read",
  ],
  [
    'of another kind',
    (files: { cert: string; key: string }) => ({ ...files, key: files.cert }),
    "can't be used together",
  ],
])('a key %s: the start ends with one sentence', async (_what, spoil, words) => {
  await using dir = await TempDir.create();
  await using service = await Service.launch({ env: withFiles(spoil(await writePair(dir))) });
  expect((await service.program.exited).code).toBe(1);
  const told = service.log.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  expect(told).toEqual([expect.stringMatching(/^camera-service: .*key/)]);
  expect(told[0]).toContain(words);
});

test('a certificate without its key is a mistake of the configuration', async () => {
  await using service = await Service.launch({ env: { CAMERA_SERVICE_SERVER_TLS_CERT: '/a.crt' } });
  expect((await service.program.exited).code).toBe(78);
  expect(service.log).toContain('server.tls_key: is refused: must be set together with server.tls_cert');
});

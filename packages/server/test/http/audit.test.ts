import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { RawClient, until } from '@mediamtx-camera-service/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuditLog } from '../../src/audit/audit-log.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { openDatabase } from '../../src/store/database.ts';
import { bearer, cookieOf, createParts, log, viewer, type Parts } from './support.ts';

let dir: string;
let parts: Parts;
let app: FastifyInstance;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'camera-service-audit-'));
  parts = createParts();
  await addRecording('rec0.mp4', 'camera0');
  await addRecording('rec1.mp4', 'camera1');
  app = await createHttpApp(parts);
});

afterEach(async () => {
  await app.close();
  await rm(dir, { recursive: true });
});

async function addRecording(name: string, device: string, size = 100): Promise<void> {
  const path = join(dir, name);
  await writeFile(path, Buffer.alloc(size, 1));
  parts.files.set(`recordings/${name}`, { path, device, contentType: 'video/mp4' });
}

const read = () => parts.audit.query({ limit: 1000, offset: 0 }).rows.toReversed();

/** The entries, oldest first, once there are so many. */
async function entries(count: number) {
  return await until(() => read().length >= count && read());
}

const short = (rows: Awaited<ReturnType<typeof entries>>) =>
  rows.map(({ who, role, method, device, outcome, error_code }) => [
    who,
    role,
    method,
    device,
    outcome,
    error_code,
  ]);

async function limitedTo(camera: string): Promise<{ authorization: string }> {
  const token = await parts.tokens.create({ user: 'lim', role: 'viewer', cameras: [camera] });
  return { authorization: `Bearer ${token}` };
}

test('downloads: by whom, of which camera, allowed, without a right, and of a camera that is hidden', async () => {
  await app.inject({ url: '/files/recordings/rec0.mp4', headers: await bearer(parts) });
  await app.inject({ url: '/files/recordings/rec0.mp4?exp=1&sig=abc&by=def' });
  await app.inject({ url: '/files/recordings/rec1.mp4', headers: await limitedTo('camera0') });
  await app.inject({ url: '/files/recordings/none.mp4', headers: await bearer(parts) });
  const rows = await entries(4);
  expect(short(rows)).toEqual([
    ['olga', 'operator', 'GET /files/recordings/rec0.mp4', 'camera0', 'ok', null],
    [null, null, 'GET /files/recordings/rec0.mp4', 'camera0', 'refused', -32001],
    ['lim', 'viewer', 'GET /files/recordings/rec1.mp4', 'camera1', 'refused', -32010],
    ['olga', 'operator', 'GET /files/recordings/none.mp4', null, 'failed', -32010],
  ]);
  for (const row of rows) expect(row.remote_address).toBe('127.0.0.1');
});

test('a download by a signed link is by whom the link was made for', async () => {
  const url = parts.links.make('/files/recordings/rec0.mp4', viewer);
  expect((await app.inject({ url })).statusCode).toBe(200);
  expect(short(await entries(1))).toEqual([
    ['vera', 'viewer', 'GET /files/recordings/rec0.mp4', 'camera0', 'ok', null],
  ]);
});

test('what a login stands on is told, and which key it is', async () => {
  await parts.users.create('door', { password: 'a good password', role: 'viewer', cameras: null });
  const { row, key } = parts.apiKeys.create({ name: 'door', role: 'viewer', cameras: null, expiresAt: null });
  const code = parts.loginCodes.createLocal({ role: 'admin', lifetimeMs: 60_000 });
  const { headers } = await app.inject({ url: `/login?code=${code}` });
  const payload = { user: 'door', password: 'a good password' };
  await app.inject({ method: 'POST', url: '/login', payload });
  await app.inject({ method: 'POST', url: '/login', payload: { ...payload, password: 'wrong' } });
  for (const by of [{ 'x-api-key': key }, { cookie: cookieOf(headers) }, await bearer(parts), {}])
    await app.inject({ url: '/files/recordings/rec0.mp4', headers: by });
  // A link tells of its own accord whose it is.
  const byKey = await parts.credentials.verify(key);
  await app.inject({ url: parts.links.make('/files/recordings/rec1.mp4', byKey) });
  const rows = await entries(8);
  expect(rows.map(({ who, identity_kind, key_id }) => [who, identity_kind, key_id])).toEqual([
    ['local', 'link', null],
    ['door', 'user', null],
    ['door', null, null],
    ['door', 'api_key', row.key_id],
    ['local', 'link', null],
    ['olga', 'token', null],
    [null, null, null],
    ['door', 'api_key', row.key_id],
  ]);
});

test('a picture that a page shows again and again is held once a login, and each login is', async () => {
  const url = '/files/recordings/rec0.mp4';
  const headers = await bearer(parts);
  const first = await app.inject({ url, headers: { ...headers, 'sec-fetch-dest': 'image' } });
  for (let n = 0; n < 5; n += 1) await app.inject({ url, headers });
  const seen = { 'if-none-match': String(first.headers['etag']) };
  const { statusCode } = await app.inject({ url, headers: { ...(await bearer(parts, 'vera')), ...seen } });
  expect(statusCode).toBe(304);
  await app.inject({ url, headers: { ...headers, range: 'bytes=0-9' } });
  await app.inject({ url });
  await app.inject({ url });
  await app.inject({ url, headers: await bearer(parts) });
  await app.inject({ url: '/files/recordings/none.mp4', headers });
  expect(short(await entries(5))).toEqual([
    ['olga', 'operator', `GET ${url}`, 'camera0', 'ok', null],
    [null, null, `GET ${url}`, 'camera0', 'refused', -32001],
    [null, null, `GET ${url}`, 'camera0', 'refused', -32001],
    ['olga', 'operator', `GET ${url}`, 'camera0', 'ok', null],
    ['olga', 'operator', 'GET /files/recordings/none.mp4', null, 'failed', -32010],
  ]);
});

test('a download that its reader cuts off is held all the same', async () => {
  await addRecording('long.mp4', 'camera1', 50_000_000);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = new URL(app.listeningOrigin);
  const socket = connect(Number(port), '127.0.0.1');
  const { authorization } = await bearer(parts);
  socket.write(
    `GET /files/recordings/long.mp4 HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n\r\n`,
  );
  await once(socket, 'data');
  socket.destroy();
  expect(short(await entries(1))).toEqual([
    ['olga', 'operator', 'GET /files/recordings/long.mp4', 'camera1', 'ok', null],
  ]);
});

test('logins of the page by code, token and password, and the logout', async () => {
  await parts.users.create('ann', { password: 'a good password', role: 'admin', cameras: null });
  await app.inject({ url: '/login' });
  await app.inject({ url: `/login?code=${parts.loginCodes.create(viewer)}` });
  await app.inject({ url: '/login?code=wrong' });
  const login = (payload: object) => app.inject({ method: 'POST', url: '/login', payload });
  const { authorization } = await bearer(parts);
  await login({ token: authorization.slice('Bearer '.length) });
  await login({ token: 'wrong' });
  await login({ user: 'ann', password: 'a wrong password' });
  await login({ user: 'a password in the wrong field', password: 'x' });
  const { headers } = await login({ user: 'ANN', password: 'a good password' });
  await app.inject({ method: 'POST', url: '/logout', headers: { cookie: cookieOf(headers) } });
  expect(short(await entries(8))).toEqual([
    ['vera', 'viewer', 'GET /login', null, 'ok', null],
    [null, null, 'GET /login', null, 'refused', -32001],
    ['olga', 'operator', 'POST /login', null, 'ok', null],
    [null, null, 'POST /login', null, 'refused', -32001],
    ['ann', null, 'POST /login', null, 'refused', -32001],
    [null, null, 'POST /login', null, 'refused', -32001],
    ['ann', 'admin', 'POST /login', null, 'ok', null],
    ['ann', 'admin', 'POST /logout', null, 'ok', null],
  ]);
  expect(parts.audit.counts.failedLogins).toBe(4);
});

test('logins beyond the limit are refused, and held', async () => {
  const tries = Array.from({ length: 6 }, () => ({ user: 'eve', password: 'wrong' }));
  for (const payload of tries) await app.inject({ method: 'POST', url: '/login', payload });
  const rows = await entries(6);
  expect(rows.map(({ outcome, error_code }) => [outcome, error_code]).at(-1)).toEqual(['refused', -32040]);
});

test('media: what opens a view is held, what follows from it is not, and every refusal is', async () => {
  const headers = await bearer(parts);
  await app.inject({ url: '/media/%2Fdev%2Fvideo0/hls/index.m3u8', headers });
  await app.inject({ url: '/media/camera0/hls/part1.mp4', headers });
  await app.inject({ url: '/media/camera0/still.jpg', headers });
  await app.inject({ method: 'POST', url: '/media/camera0/whep', headers });
  await app.inject({ url: '/media/camera0/hls/part1.mp4?session=secret' });
  await app.inject({ url: '/media/camera1/still.jpg', headers: await limitedTo('camera0') });
  await app.inject({ url: '/api/cameras' });
  await app.inject({ url: '/metrics' });
  await app.inject({
    method: 'POST',
    url: '/rpc',
    headers: { authorization: 'Bearer wrong' },
    payload: '{}',
  });
  expect(short(await entries(7))).toEqual([
    ['olga', 'operator', 'GET /media//dev/video0/hls/index.m3u8', 'camera0', 'failed', -32603],
    ['olga', 'operator', 'POST /media/camera0/whep', 'camera0', 'failed', -32600],
    [null, null, 'GET /media/camera0/hls/part1.mp4', 'camera0', 'refused', -32001],
    ['lim', 'viewer', 'GET /media/camera1/still.jpg', 'camera1', 'refused', -32010],
    [null, null, 'GET /api/cameras', null, 'refused', -32001],
    [null, null, 'GET /metrics', null, 'refused', -32001],
    [null, null, 'POST /rpc', null, 'refused', -32001],
  ]);
});

test('a WebSocket that is opened with a token is a login; one without is nothing yet', async () => {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `${app.listeningOrigin.replace('http', 'ws')}/ws`;
  await using nobody = await RawClient.open(url);
  await using olga = await RawClient.open(url, { headers: await bearer(parts) });
  for (const client of [nobody, olga]) client.socket.terminate();
  await until(() => parts.rpc.closed === 2);
  expect(await RawClient.refusal(url, { headers: { authorization: 'Bearer wrong' } })).toBe(401);
  expect(short(await entries(2))).toEqual([
    ['olga', 'operator', 'GET /ws', null, 'ok', null],
    [null, null, 'GET /ws', null, 'refused', -32001],
  ]);
});

test('all: reads are held as well', async () => {
  const config = { audit: 'all', audit_days: 90 } as const;
  const audit = new AuditLog({ db: openDatabase(':memory:'), config, resolve: (device) => device, log });
  const other = await createHttpApp({ ...parts, audit });
  const headers = await bearer(parts);
  await other.inject({ url: '/api/cameras', headers });
  for (let n = 0; n < 2; n += 1) await other.inject({ url: '/files/recordings/rec0.mp4', headers });
  const { rows } = await until(() => {
    const page = audit.query({ limit: 10, offset: 0 });
    return page.total > 2 && page;
  });
  expect(short(rows.toReversed())).toEqual([
    ['olga', 'operator', 'GET /api/cameras', null, 'ok', null],
    ['olga', 'operator', 'GET /files/recordings/rec0.mp4', 'camera0', 'ok', null],
    ['olga', 'operator', 'GET /files/recordings/rec0.mp4', 'camera0', 'ok', null],
  ]);
  await other.close();
});

test('/metrics needs a login, and tells what its caller may see', async () => {
  const refused = await app.inject({ url: '/metrics' });
  expect(refused.statusCode).toBe(401);
  const { statusCode, headers, body } = await app.inject({
    url: '/metrics',
    headers: await limitedTo('camera0'),
  });
  expect([statusCode, body]).toEqual([200, '# for lim\n']);
  expect(headers).toMatchObject({
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    'cache-control': 'no-store',
  });
});

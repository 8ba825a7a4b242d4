import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { createHttpApp } from '../../src/http/app.ts';
import { filePath } from '../../src/http/files.ts';
import { bearer, Clock, cookieOf, createParts, tempDir, viewer, type Parts } from './support.ts';

const name = 'camera0_2026-01-01_00-00-00.mp4';
const content = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));

let clock: Clock;
let parts: Parts;
let app: FastifyInstance;
let dir: Awaited<ReturnType<typeof tempDir>>;

beforeEach(async () => {
  clock = new Clock();
  parts = createParts({ clock });
  app = await createHttpApp(parts);
  dir = await tempDir();
  // A dot directory, such as ~/.local, must not hide the files.
  const folder = join(dir.path, '.hidden', 'camera0');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'on-disk.mp4'), content);
  parts.files.set(`recordings/${name}`, {
    path: join(folder, 'on-disk.mp4'),
    device: 'camera0',
    contentType: 'video/mp4',
  });
});

afterEach(async () => {
  await app.close();
  await dir[Symbol.asyncDispose]();
});

function signed(): string {
  return parts.links.make(filePath('recordings', name), { ...viewer, expiresAt: clock.nowMs + 60_000 });
}

test('a signed link downloads the file with its headers', async () => {
  const reply = await app.inject({ url: signed() });
  expect(reply.statusCode).toBe(200);
  expect(reply.rawPayload.equals(content)).toBe(true);
  expect(reply.headers).toMatchObject({
    'content-type': 'video/mp4',
    'content-disposition': `attachment; filename="${name}"`,
    'content-length': '1000',
    'accept-ranges': 'bytes',
    etag: expect.stringMatching(/^W\/"/),
    'x-content-type-options': 'nosniff',
  });
});

test('HEAD tells the size without the content', async () => {
  const reply = await app.inject({ method: 'HEAD', url: signed() });
  expect(reply.statusCode).toBe(200);
  expect(reply.headers['content-length']).toBe('1000');
});

test('a range gives just that part', async () => {
  const reply = await app.inject({ url: signed(), headers: { range: 'bytes=100-199' } });
  expect(reply.statusCode).toBe(206);
  expect(reply.headers['content-range']).toBe('bytes 100-199/1000');
  expect(reply.rawPayload.equals(content.subarray(100, 200))).toBe(true);
});

test('the last bytes are given by a suffix range, and a range beyond the end is 416', async () => {
  const suffix = await app.inject({ url: signed(), headers: { range: 'bytes=-5' } });
  expect(suffix.rawPayload.equals(content.subarray(995))).toBe(true);
  expect((await app.inject({ url: signed(), headers: { range: 'bytes=5000-' } })).statusCode).toBe(416);
});

test('an ETag that still fits is 304', async () => {
  const etag = String((await app.inject({ url: signed() })).headers.etag);
  expect((await app.inject({ url: signed(), headers: { 'if-none-match': etag } })).statusCode).toBe(304);
});

describe('who may download', () => {
  test('nobody without link or login', async () => {
    const reply = await app.inject({ url: filePath('recordings', name) });
    expect(reply.statusCode).toBe(401);
    expect(reply.json().error).toMatchObject({ code: -32001, data: { reason: 'login_required' } });
    expect(reply.headers['content-disposition']).toBeUndefined();
  });

  test('a link ends at its time', async () => {
    const url = signed();
    clock.nowMs += 60_000;
    const reply = await app.inject({ url });
    expect(reply.statusCode).toBe(401);
    expect(reply.json().error.data.reason).toBe('link_expired');
  });

  test('a link is good for its own path and time alone', async () => {
    const url = signed();
    const query = url.slice(url.indexOf('?'));
    const tampered = [
      url.replace(/exp=(\d+)/, (_, exp: string) => `exp=${Number(exp) + 1}`),
      `${filePath('snapshots', name)}${query}`,
      url.replace(/sig=./, 'sig=_'),
      url.replace(/sig=.*/, 'sig='),
      url.replace(/by=[^&]*&/, ''),
      url.replace('by=l.', 'by=u.'),
      url.replace(/&sig=.*/, ''),
      `${url}&sig=again`,
    ];
    for (const attempt of tampered) expect((await app.inject({ url: attempt })).statusCode).toBe(401);
  });

  test('a bearer token or the page does', async () => {
    const url = filePath('recordings', name);
    expect((await app.inject({ url, headers: await bearer(parts) })).statusCode).toBe(200);
    const code = parts.loginCodes.create(viewer);
    const cookie = cookieOf((await app.inject({ url: `/login?code=${code}` })).headers);
    expect((await app.inject({ url, headers: { cookie } })).statusCode).toBe(200);
  });

  test('to a caller who may not see the camera the file does not exist', async () => {
    const code = parts.loginCodes.create({ ...viewer, cameras: ['camera1'] });
    const cookie = cookieOf((await app.inject({ url: `/login?code=${code}` })).headers);
    const reply = await app.inject({ url: filePath('recordings', name), headers: { cookie } });
    expect(reply.statusCode).toBe(404);
  });
});

describe('names', () => {
  test.each([
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e%2fpasswd',
    'a/b.mp4',
    'a%5cb.mp4',
    '.hidden',
    'a%00b.mp4',
    'a%20b.mp4',
    'ä.mp4',
    '',
    'x'.repeat(129),
  ])('%j is 400', async (wrong) => {
    const reply = await app.inject({ url: `/files/recordings/${wrong}`, headers: await bearer(parts) });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error.code).toBe(-32602);
  });

  test('a broken percent code is 400', async () => {
    expect((await app.inject({ url: '/files/recordings/%zz' })).statusCode).toBe(400);
  });

  test('a file that the catalogue does not know is 404, and so is one that is gone from the disk', async () => {
    const headers = await bearer(parts);
    expect((await app.inject({ url: '/files/recordings/other.mp4', headers })).statusCode).toBe(404);
    parts.files.set('recordings/gone.mp4', {
      path: join(dir.path, 'gone.mp4'),
      device: 'camera0',
      contentType: 'video/mp4',
    });
    const gone = await app.inject({ url: '/files/recordings/gone.mp4', headers });
    expect(gone.statusCode).toBe(404);
    expect(gone.json().error.code).toBe(-32010);
    expect(gone.headers['content-disposition']).toBeUndefined();
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpServer } from '../../src/http/server.ts';
import { bearer, createParts, tempDir, type Parts } from './support.ts';

const secret = 'what no request may read';

let dir: Awaited<ReturnType<typeof tempDir>>;
let parts: Parts;
let server: HttpServer;

beforeEach(async () => {
  dir = await tempDir();
  await mkdir(join(dir.path, 'page', 'assets'), { recursive: true });
  await mkdir(join(dir.path, 'recordings'));
  for (const name of ['secret.txt', 'jwt-secret', 'page/.env']) await writeFile(join(dir.path, name), secret);
  await writeFile(join(dir.path, 'page', 'index.html'), '<!--bootstrap-->');
  await writeFile(join(dir.path, 'page', 'assets', 'a.js'), 'let a;');
  await writeFile(join(dir.path, 'recordings', 'a.mp4'), 'video');
  parts = createParts({ pageDir: join(dir.path, 'page') });
  parts.files.set('recordings/a.mp4', {
    path: join(dir.path, 'recordings', 'a.mp4'),
    device: 'camera0',
    contentType: 'video/mp4',
  });
  server = new HttpServer(parts);
  await server.start();
});

afterEach(async () => {
  await server.stop();
  await dir[Symbol.asyncDispose]();
});

/** Sent as it is: clients of Node tidy a path before they send it. */
async function get(path: string): Promise<{ status: number; body: string }> {
  const { authorization } = await bearer(parts);
  const socket = connect(server.port!, '127.0.0.1');
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
  );
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), body: text };
}

const climbs = [
  '../secret.txt',
  '..%2fsecret.txt',
  '..%2Fsecret.txt',
  '%2e%2e/secret.txt',
  '%2e%2e%2fsecret.txt',
  '..%252fsecret.txt',
  '%252e%252e%252fsecret.txt',
  '..%5csecret.txt',
  '..\\secret.txt',
  '....//secret.txt',
  '..;/secret.txt',
  '..%c0%afsecret.txt',
  '..%ef%bc%8fsecret.txt',
  '%u002e%u002e/secret.txt',
  './../secret.txt',
  'a.mp4/../../secret.txt',
  'a.mp4%00.txt',
  '%00',
  'a.mp4%0d%0aX-Injected:%201',
  '/etc/passwd',
  '//etc/passwd',
  '%2fetc%2fpasswd',
  'file:///etc/passwd',
  'C:%5cWindows%5cwin.ini',
  'a.mp4:$DATA',
  '.env',
  '..',
  '.',
  '~root',
  'a'.repeat(4_000),
  '%e2%80%ae4pm.a',
  '*',
  '$(id)',
  '`id`',
];

const roots = [
  ...['/files/recordings/', '/files/snapshots/', '/files/', '/assets/', '/', '/media/', '/media/camera0/'],
  ...['/media/camera0/hls/', '/media/camera0/whep/', '/api/', '/health/'],
];

test.each(roots)('no name below %s leads out of it', async (root) => {
  for (const climb of climbs) {
    const { status, body } = await get(`${root}${climb}`);
    expect(status, `${root}${climb}`).toBeGreaterThanOrEqual(200);
    expect(status, `${root}${climb}`).toBeLessThan(500);
    expect(body, `${root}${climb}`).not.toContain(secret);
    expect(body, `${root}${climb}`).not.toContain('root:');
    expect(body, `${root}${climb}`).not.toMatch(/^x-injected/im);
    expect(body, `${root}${climb}`).not.toContain(dir.path);
  }
});

test('the files that are meant are served', async () => {
  expect((await get('/files/recordings/a.mp4')).body).toContain('video');
  expect((await get('/assets/a.js')).body).toContain('let a;');
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { createHttpApp } from '../../src/http/app.ts';
import { cameraObject, cookieOf, createParts, tempDir, viewer, type Parts } from './support.ts';

let parts: Parts;
let app: FastifyInstance;
let dir: Awaited<ReturnType<typeof tempDir>>;

beforeEach(async () => {
  dir = await tempDir();
  await mkdir(join(dir.path, 'assets'));
  await writeFile(join(dir.path, 'index.html'), '<html><head><!--bootstrap--></head><body></body></html>');
  await writeFile(join(dir.path, 'assets', 'index-abc123.js'), 'let x;');
  await writeFile(join(dir.path, 'favicon.svg'), '<svg/>');
  parts = createParts({ pageDir: dir.path });
  app = await createHttpApp(parts);
});

afterEach(async () => {
  await app.close();
  await dir[Symbol.asyncDispose]();
});

function bootstrapOf(html: string): Record<string, unknown> {
  const json = /<script type="application\/json" id="bootstrap">(.*?)<\/script>/.exec(html)![1]!;
  return JSON.parse(json) as Record<string, unknown>;
}

async function loggedIn(): Promise<{ cookie: string }> {
  const code = parts.loginCodes.create(viewer);
  return { cookie: cookieOf((await app.inject({ url: `/login?code=${code}` })).headers) };
}

test('without a session the page knows that there is none', async () => {
  const reply = await app.inject({ url: '/' });
  expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(reply.headers['cache-control']).toBe('no-store');
  expect(bootstrapOf(reply.body)).toEqual({ authenticated: false, version: '0.0.0' });
  expect(reply.body).not.toContain('preload');
});

test('with a session it has the cameras, the event number and the first pictures', async () => {
  const reply = await app.inject({ url: '/', headers: await loggedIn() });
  expect(bootstrapOf(reply.body)).toEqual({
    authenticated: true,
    role: 'viewer',
    user: 'vera',
    has_password: false,
    cameras: parts.cameraObjects,
    version: '0.0.0',
    seq: 42,
  });
  expect(reply.body).toContain(
    '<link rel="preload" as="image" fetchpriority="high" href="/media/camera0/still.jpg?width=1280">',
  );
});

test('no more than four pictures are loaded early', async () => {
  parts.cameraObjects.push(...[2, 3, 4, 5].map((number) => cameraObject(`camera${number}`)));
  const { body } = await app.inject({ url: '/', headers: await loggedIn() });
  expect(body.match(/rel="preload"/g)).toHaveLength(4);
});

test('a camera name cannot end the data script or reach into the page', async () => {
  const name = `</script><script>alert(1)</script>$&$'`;
  parts.cameraObjects[0] = cameraObject('camera0', name);
  const { body } = await app.inject({ url: '/', headers: await loggedIn() });
  expect(body).not.toContain('<script>alert');
  expect(bootstrapOf(body)['cameras']).toMatchObject([{ name }, {}]);
});

test('paths of the page give the page', async () => {
  for (const url of ['/cameras/camera0', '/index.html', '/?login=expired']) {
    expect((await app.inject({ url })).body).toContain('id="bootstrap"');
  }
});

test('assets are cached for ever, other files for an hour', async () => {
  const asset = await app.inject({ url: '/assets/index-abc123.js' });
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(asset.headers['content-type']).toBe('application/javascript; charset=utf-8');
  const icon = await app.inject({ url: '/favicon.svg' });
  expect(icon.headers['cache-control']).toBe('public, max-age=3600');
  expect(icon.headers['content-type']).toBe('image/svg+xml');
});

test('what is missing is JSON, never the page', async () => {
  const paths = [
    '/assets/none.js',
    '/none.png',
    '/api/none',
    '/files/none',
    '/media/camera0',
    '/media/none/none',
    '/.env',
  ];
  for (const url of [...paths, '/assets/..%2findex.html', '/health/none']) {
    const reply = await app.inject({ url, headers: await loggedIn() });
    expect(reply.statusCode, url).toBe(404);
    expect(reply.json().error.code, url).toBe(-32010);
  }
});

test('scripts of others, frames and sniffing are refused by headers', async () => {
  const { headers, body } = await app.inject({ url: '/' });
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['content-security-policy']).not.toContain('unsafe');
  const nonce = /<meta property="csp-nonce" nonce="([\w-]{22})">/.exec(body)![1]!;
  expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
  expect((await app.inject({ url: '/' })).body).not.toContain(nonce);
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('a page that was not built says so', async () => {
  const other = await createHttpApp(createParts());
  const reply = await other.inject({ url: '/' });
  expect(reply.statusCode).toBe(200);
  expect(reply.body).toContain('has not been built');
  await other.close();
});

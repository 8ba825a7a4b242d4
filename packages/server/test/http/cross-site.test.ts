import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { WebSocket } from 'ws';
import { createHttpApp } from '../../src/http/app.ts';
import { HttpServer } from '../../src/http/server.ts';
import { cookieOf, createParts, viewer, type Parts } from './support.ts';

let parts: Parts;
let app: FastifyInstance;

beforeEach(async () => {
  parts = createParts();
  app = await createHttpApp(parts);
});

afterEach(() => app.close());

async function session(): Promise<string> {
  const url = `/login?code=${parts.loginCodes.create(viewer)}`;
  return cookieOf((await app.inject({ url })).headers);
}

describe('what a page of another site makes a browser send', () => {
  const forms = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'];

  test.each(forms)('a form of %s with the reader’s cookie changes nothing', async (type) => {
    const cookie = await session();
    const foreign = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const url of ['/rpc', '/login', '/logout']) {
      for (const headers of [...foreign, { 'sec-fetch-site': 'same-site' }]) {
        const payload = '{"jsonrpc":"2.0","id":1,"method":"stop_recording","params":{"device":"camera0"}}';
        const sent = { host: 'localhost:8002', cookie, 'content-type': type, ...headers };
        const reply = await app.inject({ method: 'POST', url, headers: sent, payload });
        expect(reply.statusCode).toBe(403);
        expect(reply.headers['set-cookie']).toBeUndefined();
      }
    }
    expect(parts.rpc.posts).toEqual([]);
  });

  test('an upgrade is refused by its origin, and without one by where it comes from', async () => {
    const server = new HttpServer(parts);
    await server.start();
    const cookie = await session();
    for (const foreign of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const headers = { ...foreign, cookie };
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, { headers });
      socket.on('error', () => undefined);
      const [, response] = await once(socket, 'unexpected-response');
      expect(response.statusCode).toBe(403);
      socket.terminate();
    }
    expect(parts.rpc.connections).toEqual([]);
    await server.stop();
  });

  test('a link does not log its reader in, and its code stays good for the reader’s own hand', async () => {
    const url = `/login?code=${parts.loginCodes.create(viewer)}`;
    for (const site of ['cross-site', 'same-site']) {
      const reply = await app.inject({ url, headers: { 'sec-fetch-site': site } });
      expect(reply.statusCode).toBe(403);
      expect(reply.json().error.data).toMatchObject({ reason: 'foreign_link' });
      expect(reply.headers['set-cookie']).toBeUndefined();
    }
    const reply = await app.inject({ url, headers: { 'sec-fetch-site': 'none' } });
    expect(reply.headers['set-cookie']).toContain('SameSite=Strict');
  });

  test('reading is left to it, and what it reads is kept from it by headers', async () => {
    const reply = await app.inject({ url: '/', headers: { 'sec-fetch-site': 'cross-site' } });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers).toMatchObject({
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('who is no page', () => {
  test('posts without Origin, as programs do', async () => {
    const reply = await app.inject({ method: 'POST', url: '/rpc', payload: '{}' });
    expect(reply.statusCode).toBe(200);
  });

  test('the page itself posts and logs in', async () => {
    const headers = {
      host: 'localhost:8002',
      origin: 'http://localhost:8002',
      'sec-fetch-site': 'same-origin',
    };
    expect((await app.inject({ method: 'POST', url: '/logout', headers })).statusCode).toBe(200);
  });
});

test('every answer has the headers, whatever became of the request', async () => {
  const asked = [
    ...['/', '/health/live', '/openrpc.json', '/none.png', '/api/cameras', '/%zz', '/ws'].map((url) => ({
      url,
    })),
    { url: '/', headers: { host: 'evil.example' } },
    { url: '/rpc', method: 'POST' as const, headers: { origin: 'https://evil.example' } },
  ];
  for (const one of asked) {
    const { headers } = await app.inject(one);
    expect(headers['content-security-policy'], one.url).toContain("default-src 'none'");
    expect(headers['x-content-type-options'], one.url).toBe('nosniff');
    expect(headers['permissions-policy'], one.url).toContain('camera=()');
  }
});

import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { createHttpApp } from '../../src/http/app.ts';
import { bearer, createParts, type Parts } from './support.ts';

let parts: Parts;
let app: FastifyInstance;

beforeEach(async () => {
  parts = createParts({
    config: {
      host: '127.0.0.1',
      port: 0,
      allowed_hosts: ['Cameras.example'],
      allowed_origins: ['https://desk.example/'],
    },
  });
  app = await createHttpApp(parts);
});

afterEach(() => app.close());

describe('host names', () => {
  const local = [
    'localhost',
    'localhost:8002',
    'a.localhost',
    '127.0.0.1:8002',
    '192.168.1.5',
    '[::1]:8002',
    hostname(),
  ];
  test.each([...local, 'cameras.example', 'CAMERAS.EXAMPLE:80', 'cameras.example.'])(
    '%s passes',
    async (host) => {
      expect((await app.inject({ url: '/health/live', headers: { host } })).statusCode).toBe(200);
    },
  );

  const foreign = [
    'evil.example',
    'evil.example:8002',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '1.2.3',
  ];
  test.each([...foreign, 'cameras.example@evil.example', '127.0.0.1:8002:1'])(
    '%j is refused',
    async (host) => {
      const reply = await app.inject({ url: '/', headers: { host } });
      expect(reply.statusCode).toBe(421);
      expect(reply.json().error.data.reason).toBe('unknown_host');
    },
  );
});

describe('origins of what changes something', () => {
  const same = ['http://localhost:8002', 'https://localhost:8002', 'https://desk.example'];
  test.each(same)('%s passes', async (origin) => {
    const headers = { host: 'localhost:8002', origin };
    expect((await app.inject({ method: 'POST', url: '/logout', headers })).statusCode).toBe(200);
  });

  test.each(['http://localhost:3000', 'https://evil.example', 'null', '', 'http://desk.example'])(
    '%j is refused',
    async (origin) => {
      const headers = { host: 'localhost:8002', origin, ...(await bearer(parts)) };
      for (const url of ['/logout', '/login', '/rpc', '/media/camera0/whep']) {
        const reply = await app.inject({ method: 'POST', url, headers, payload: {} });
        expect(reply.statusCode).toBe(403);
        expect(reply.json().error.data.reason).toBe('foreign_origin');
      }
      expect(parts.rpc.posts).toEqual([]);
    },
  );

  test('no CORS header is ever sent', async () => {
    const headers = { host: 'localhost:8002', origin: 'https://desk.example' };
    const reply = await app.inject({ url: '/api/cameras', headers });
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('POST /rpc', () => {
  test('hands over body, caller and host, and answers what RPC says', async () => {
    const headers = { ...(await bearer(parts)), host: '[::1]:8002', 'content-type': 'text/plain' };
    const reply = await app.inject({ method: 'POST', url: '/rpc', headers, payload: '{broken' });
    expect(reply.json()).toEqual({ jsonrpc: '2.0', id: 1, result: 'pong' });
    const [post] = parts.rpc.posts;
    expect(post).toMatchObject({ body: '{broken', info: { host: '[::1]', identity: { user: 'olga' } } });
  });

  test('a notification gets 204', async () => {
    const reply = await app.inject({ method: 'POST', url: '/rpc', payload: 'notification' });
    expect(reply.statusCode).toBe(204);
    expect(reply.body).toBe('');
  });

  test('a wrong token is 401 and reaches nobody', async () => {
    const headers = { authorization: 'Bearer nonsense' };
    expect((await app.inject({ method: 'POST', url: '/rpc', headers, payload: '{}' })).statusCode).toBe(401);
    expect(parts.rpc.posts).toEqual([]);
  });

  test('more than 1 MiB is 413', async () => {
    const reply = await app.inject({ method: 'POST', url: '/rpc', payload: 'x'.repeat(1024 * 1024 + 1) });
    expect(reply.statusCode).toBe(413);
    expect(reply.json()).toMatchObject({
      error: { data: { reason: 'too_large', suggestion: 'send less at once' } },
    });
    expect(reply.json().error.code).toBe(-32600);
  });
});

test('a fault inside is told without its words', async () => {
  const broken = createParts({
    cameras: {
      list: () => {
        throw new Error('secret detail');
      },
    },
  });
  const other = await createHttpApp(broken);
  const reply = await other.inject({ url: '/api/cameras', headers: await bearer(broken) });
  expect(reply.statusCode).toBe(500);
  expect(reply.body).not.toContain('secret detail');
  expect(reply.json().error).toMatchObject({ code: -32603, data: { request_id: expect.any(String) } });
  await other.close();
});

test('the contract is public', async () => {
  const reply = await app.inject({ url: '/openrpc.json' });
  expect(reply.json()).toMatchObject({ openrpc: '1.3.2', info: { version: '0.0.0' } });
});

describe('stills', () => {
  test('carry the time and the age of the picture', async () => {
    const reply = await app.inject({
      url: '/media/camera0/still.jpg?width=320&max_age_ms=0',
      headers: await bearer(parts),
    });
    expect(reply.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'no-store',
      'x-captured-at': '2026-01-01T00:00:00.000Z',
      'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      'x-age-ms': '12',
    });
    expect(reply.rawPayload.length).toBe(4);
  });

  test.each(['width=0', 'width=1e3', 'width=-5', 'max_age_ms=soon', 'width=99999'])(
    '%s is 400',
    async (query) => {
      const reply = await app.inject({
        url: `/media/camera0/still.jpg?${query}`,
        headers: await bearer(parts),
      });
      expect(reply.statusCode).toBe(400);
      expect(reply.json().error.data.param).toBe(query.split('=')[0]);
    },
  );

  test('need a login, and a camera that is there', async () => {
    expect((await app.inject({ url: '/media/camera0/still.jpg' })).statusCode).toBe(401);
    const headers = await bearer(parts);
    expect((await app.inject({ url: '/media/camera9/still.jpg', headers })).statusCode).toBe(404);
    expect((await app.inject({ url: '/media/%2Fdev%2Fvideo0/still.jpg', headers })).statusCode).toBe(200);
  });
});

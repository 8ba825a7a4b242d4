import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MediaSource } from '../../src/http/deps.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { portOf } from '../../src/http/listen.ts';
import { bearer, createParts, tempDir } from './support.ts';

// A server that does what MediaMTX can't be made to do when a test wants it; what it does do is tested live.
type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

let behave: Behaviour;
let dir: Awaited<ReturnType<typeof tempDir>>;
let app: FastifyInstance;
let serverSockets: Socket[];
let headers: Record<string, string>;
const fault = createServer((request, response) => behave(request, response));

beforeEach(async () => {
  dir = await tempDir();
  const socketPath = join(dir.path, 'media.sock');
  fault.listen(socketPath);
  await once(fault, 'listening');
  const endpoint = () => ({ socketPath, authorization: 'Basic private', basePath: '/camera0' });
  const media: MediaSource = {
    resolve: (device) => (device === 'camera0' ? device : undefined),
    demand: () => undefined,
    whep: endpoint,
    hls: endpoint,
    whepSessions: async () => [],
    still: () => Promise.reject(new Error('not in this test')),
  };
  const parts = createParts({ media, startTimeoutMs: 300 });
  headers = {
    ...(await bearer(parts)),
    cookie: 'camera_session=mine; other=1',
    'x-forwarded-for': '1.2.3.4',
  };
  app = await createHttpApp(parts);
  serverSockets = [];
  app.server.on('connection', (socket: Socket) => serverSockets.push(socket));
  await app.listen({ host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  await app.close();
  fault.closeAllConnections();
  await new Promise((resolve) => fault.close(resolve));
  await dir[Symbol.asyncDispose]();
});

function url(path: string): string {
  return `http://127.0.0.1:${portOf(app)}/media/camera0${path}`;
}

function get(path: string): Promise<Response> {
  return fetch(url(path), { headers, redirect: 'manual' });
}

test('only what MediaMTX needs goes to it: no cookie, no login of the caller, no strange query', async () => {
  const seen: IncomingMessage[] = [];
  behave = (request, response) => {
    seen.push(request);
    response.end('#EXTM3U');
  };
  await get('/hls/index.m3u8?token=mine&cookieCheck=0');
  await get('/hls/video1.m3u8?session=a%26b&_HLS_msn=3&token=mine&session2=x');
  expect(seen.map(({ url: path }) => path)).toEqual([
    '/camera0/index.m3u8?cookieCheck=1',
    '/camera0/video1.m3u8?session=a%26b&_HLS_msn=3',
  ]);
  for (const { headers: sent } of seen) {
    expect(Object.keys(sent).sort()).toEqual(['authorization', 'connection', 'host']);
    expect(sent.authorization).toBe('Basic private');
  }
});

test('what is private in an answer stays here', async () => {
  behave = (_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/vnd.apple.mpegurl',
      'set-cookie': 'session=secret',
      server: 'mediamtx',
      'access-control-allow-origin': '*',
    });
    response.end('#EXTM3U');
  };
  const reply = await get('/hls/index.m3u8');
  expect(await reply.text()).toBe('#EXTM3U');
  for (const name of ['set-cookie', 'server', 'access-control-allow-origin'])
    expect(reply.headers.get(name)).toBeNull();
});

test('a redirect is not passed on', async () => {
  behave = (_request, response) =>
    response.writeHead(302, { location: 'http://10.0.0.1:8888/camera0' }).end();
  const reply = await get('/hls/index.m3u8');
  expect(reply.status).toBe(502);
  expect(reply.headers.get('location')).toBeNull();
  expect(await reply.text()).not.toContain('10.0.0.1');
});

test('a viewer who leaves a held request ends it upstream too', async () => {
  const held = new Promise<ServerResponse>((resolve) => {
    behave = (_request, response) => resolve(response);
  });
  const viewer = httpRequest(url('/hls/video1.m3u8'), { headers });
  viewer.on('error', () => undefined);
  viewer.end();
  const upstream = await held;
  const closed = once(upstream, 'close');
  viewer.destroy();
  await closed;
});

test('a viewer who leaves in the middle of a segment ends it upstream too', async () => {
  const held = new Promise<ServerResponse>((resolve) => {
    behave = (_request, response) => {
      response.write('x'.repeat(1000));
      resolve(response);
    };
  });
  const viewer = httpRequest(url('/hls/seg1.mp4'), { headers });
  viewer.on('error', () => undefined);
  viewer.end();
  const [received] = (await once(viewer, 'response')) as [IncomingMessage];
  await once(received, 'data');
  const closed = once(await held, 'close');
  viewer.destroy();
  await closed;
});

test('the first bytes of a segment pass before its last ones exist', async () => {
  let finish: (() => void) | undefined;
  behave = (_request, response) => {
    response.write('first');
    finish = () => response.end('last');
  };
  const reply = await get('/hls/seg1.mp4');
  const reader = reply.body!.getReader();
  expect(Buffer.from((await reader.read()).value!).toString()).toBe('first');
  finish?.();
  expect(Buffer.from((await reader.read()).value!).toString()).toBe('last');
});

test('an answer that breaks off breaks off for the viewer', async () => {
  behave = (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('x', () => response.destroy());
  };
  await expect(get('/hls/seg1.mp4').then((reply) => reply.text())).rejects.toThrow();
});

test('a kept connection that was just closed is no error', async () => {
  let requests = 0;
  behave = (request, response) => {
    requests += 1;
    if (requests === 2) request.socket.destroy();
    else response.end('#EXTM3U');
  };
  await (await get('/hls/index.m3u8')).text();
  const reply = await get('/hls/index.m3u8');
  expect(reply.status).toBe(200);
  expect(requests).toBe(3);
});

test('a WHEP session that nobody waits for any more is ended', async () => {
  const secret = '0b1f2a7c-0000-4000-8000-000000000000';
  let answer: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => {
    behave = (_request, response) => {
      answer = () => response.writeHead(201, { location: `/camera0/whep/${secret}` }).end('v=0');
      resolve();
    };
  });
  const viewer = httpRequest(url('/whep'), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/sdp' },
  });
  viewer.on('error', () => undefined);
  viewer.end('v=0');
  await asked;
  const ended = new Promise<IncomingMessage>((resolve) => {
    behave = (request, response) => {
      response.end();
      resolve(request);
    };
  });
  const gone = Promise.all(serverSockets.map((socket) => once(socket, 'close')));
  viewer.destroy();
  await gone;
  answer?.();
  expect(await ended).toMatchObject({ method: 'DELETE', url: `/camera0/whep/${secret}` });
});

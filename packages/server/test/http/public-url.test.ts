import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpApp } from '../../src/http/app.ts';
import { Addresses } from '../../src/rpc/addresses.ts';
import { createParts, viewer, type Parts } from './support.ts';

const config = { host: '127.0.0.1', port: 0, allowed_hosts: [], allowed_origins: [] };
let server: typeof config & { public_url?: string };
let parts: Parts;
let app: FastifyInstance;

beforeEach(async () => {
  server = { ...config, public_url: 'https://cameras.example' };
  parts = createParts({ config: server });
  app = await createHttpApp(parts);
});

afterEach(() => app.close());

const post = async (headers: Record<string, string>): Promise<number> =>
  (await app.inject({ method: 'POST', url: '/rpc', headers, payload: '{}' })).statusCode;

const loginCookie = async (): Promise<string> => {
  const url = `/login?code=${parts.loginCodes.create(viewer)}`;
  return String((await app.inject({ url, headers: { host: 'cameras.example' } })).headers['set-cookie']);
};

describe('behind a proxy that ends TLS, with server.public_url', () => {
  test('its name is one of ours, and a page from there is our own, also where the proxy renames us', async () => {
    const origin = 'https://cameras.example';
    expect(await post({ host: 'cameras.example', origin })).toBe(200);
    expect(await post({ host: 'localhost:8002', origin })).toBe(200);
  });

  test('other names, and other origins of the same name, stay foreign', async () => {
    expect(await post({ host: 'evil.example' })).toBe(421);
    for (const origin of ['http://cameras.example', 'https://cameras.example:8443', 'https://evil.example'])
      expect(await post({ host: 'localhost:8002', origin })).toBe(403);
  });

  test('cookies are Secure, though the proxy speaks plain HTTP to us', async () => {
    expect(await loginCookie()).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
  });

  test('what is changed counts at once', async () => {
    server.public_url = 'http://cameras.example:8080';
    expect(await loginCookie()).not.toContain('Secure');
    const host = 'localhost:8002';
    expect(await post({ host, origin: 'http://cameras.example:8080' })).toBe(200);
    expect(await post({ host, origin: 'https://cameras.example' })).toBe(403);
    delete server.public_url;
    expect(await post({ host: 'cameras.example' })).toBe(421);
  });
});

test('addresses are told at the public URL, else where a proxy says, else at our own port; RTSP never moves', () => {
  let publicOrigin: string | undefined = 'https://cameras.example';
  const addresses = new Addresses({
    rtspPort: () => 8554,
    httpPort: () => 8002,
    isSecure: false,
    publicOrigin: () => publicOrigin,
  });
  const proxied = { host: 'door.example', origin: 'https://door.example:444' };
  expect(addresses.streamsOf('camera0', proxied)).toEqual({
    rtsp: 'rtsp://door.example:8554/camera0',
    webrtc: 'https://cameras.example/media/camera0/whep',
    hls: 'https://cameras.example/media/camera0/hls/index.m3u8',
  });
  publicOrigin = undefined;
  expect(addresses.streamsOf('camera0', proxied).webrtc).toBe('https://door.example:444/media/camera0/whep');
  expect(addresses.streamsOf('camera0', { host: '[::1]' })).toEqual({
    rtsp: 'rtsp://[::1]:8554/camera0',
    webrtc: 'http://[::1]:8002/media/camera0/whep',
    hls: 'http://[::1]:8002/media/camera0/hls/index.m3u8',
  });
});

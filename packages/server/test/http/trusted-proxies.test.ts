import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { createHttpApp } from '../../src/http/app.ts';
import { createParts, viewer, type Parts } from './support.ts';

let parts: Parts;
let app: FastifyInstance;

beforeEach(async () => {
  parts = createParts({
    config: {
      ...{ host: '127.0.0.1', port: 0, allowed_hosts: ['cameras.example'], allowed_origins: [] },
      trusted_proxies: ['10.0.0.0/8', '127.0.0.1'],
    },
  });
  app = await createHttpApp(parts);
});

afterEach(() => app.close());

const forwarded = {
  host: 'localhost:8002',
  'x-forwarded-for': '203.0.113.9, 10.0.0.2',
  'x-forwarded-host': 'cameras.example',
  'x-forwarded-proto': 'https',
};

async function post(remoteAddress: string, headers: Record<string, string> = {}) {
  const sent = { ...forwarded, ...headers };
  const reply = await app.inject({
    method: 'POST',
    url: '/rpc',
    remoteAddress,
    headers: sent,
    payload: '{}',
  });
  return { status: reply.statusCode, info: parts.rpc.posts.at(-1)?.info };
}

describe('a trusted proxy', () => {
  test('tells the client’s address and the name that it used', async () => {
    expect((await post('10.0.0.3')).info).toMatchObject({
      remoteAddress: '203.0.113.9',
      host: 'cameras.example',
    });
  });

  test('tells where addresses for the client begin: scheme, name and port that it used', async () => {
    expect((await post('10.0.0.3')).info!.origin).toBe('https://cameras.example');
    const forwardedHost = { 'x-forwarded-host': 'cameras.example:8443' };
    expect((await post('10.0.0.3', forwardedHost)).info!.origin).toBe('https://cameras.example:8443');
    // As some proxies tell an upgrade.
    expect((await post('10.0.0.3', { 'x-forwarded-proto': 'wss' })).info!.origin).toBe(
      'https://cameras.example',
    );
  });

  test('that says nothing is a client like any other', async () => {
    const headers = { host: 'localhost:8002' };
    await app.inject({ method: 'POST', url: '/rpc', remoteAddress: '10.0.0.3', headers, payload: '{}' });
    expect(parts.rpc.posts.at(-1)!.info.origin).toBeUndefined();
  });

  test('is believed only about the hops that are proxies themselves', async () => {
    const { info } = await post('10.0.0.3', { 'x-forwarded-for': '192.0.2.66, 203.0.113.9, 10.0.0.2' });
    expect(info!.remoteAddress).toBe('203.0.113.9');
  });

  test('tells the scheme: the cookie is Secure, and a page without TLS is another origin', async () => {
    const url = `/login?code=${parts.loginCodes.create(viewer)}`;
    const reply = await app.inject({ url, remoteAddress: '10.0.0.3', headers: forwarded });
    expect(reply.headers['set-cookie']).toContain('; Secure');
    expect((await post('10.0.0.3', { origin: 'https://cameras.example' })).status).toBe(200);
    expect((await post('10.0.0.3', { origin: 'http://cameras.example' })).status).toBe(403);
  });

  test('can not name a host that is none of ours', async () => {
    expect((await post('10.0.0.3', { 'x-forwarded-host': 'evil.example' })).status).toBe(421);
  });
});

test('anybody else is not believed, whatever is sent', async () => {
  const { info } = await post('192.0.2.50');
  expect(info).toMatchObject({ remoteAddress: '192.0.2.50', host: 'localhost' });
  expect(info!.origin).toBeUndefined();
  const url = `/login?code=${parts.loginCodes.create(viewer)}`;
  const reply = await app.inject({ url, remoteAddress: '192.0.2.50', headers: forwarded });
  expect(reply.headers['set-cookie']).not.toContain('Secure');
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { createHttpApp } from '../../src/http/app.ts';
import { bearer, Clock, cookieOf, createParts, viewer, type Parts } from './support.ts';

let clock: Clock;
let parts: Parts;
let app: FastifyInstance;

beforeEach(async () => {
  clock = new Clock();
  parts = createParts({ clock });
  app = await createHttpApp(parts);
});

afterEach(() => app.close());

test('a login code sets the cookie and works once', async () => {
  const url = `/login?code=${parts.loginCodes.create({ ...viewer, role: 'admin' })}`;
  const first = await app.inject({ url });
  expect(first.statusCode).toBe(303);
  expect(first.headers.location).toBe('/');
  expect(first.headers['set-cookie']).toMatch(
    /^camera_session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
  );
  const second = await app.inject({ url });
  expect(second.headers.location).toBe('/?login=expired');
  expect(second.headers['set-cookie']).toBeUndefined();
});

test('HEAD does not use a login code up', async () => {
  const url = `/login?code=${parts.loginCodes.create(viewer)}`;
  await app.inject({ url, method: 'HEAD' });
  expect((await app.inject({ url })).headers.location).toBe('/');
});

test('the cookie logs in, keeps the cameras it is limited to, and ends after 24 hours', async () => {
  const code = parts.loginCodes.create({ ...viewer, cameras: ['camera1'] });
  const cookie = cookieOf((await app.inject({ url: `/login?code=${code}` })).headers);
  const list = await app.inject({ url: '/api/cameras', headers: { cookie } });
  expect(list.json().cameras.map(({ device }: { device: string }) => device)).toEqual(['camera1']);
  clock.nowMs += 24 * 3600 * 1000;
  expect((await app.inject({ url: '/api/cameras', headers: { cookie } })).statusCode).toBe(401);
});

test('a cookie that was changed is no login', async () => {
  const code = parts.loginCodes.create(viewer);
  const cookie = cookieOf((await app.inject({ url: `/login?code=${code}` })).headers);
  const [body, mark] = cookie.replace('camera_session=', '').split('.') as [string, string];
  const identity = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...identity, role: 'admin' })).toString('base64url');
  for (const value of [`${forged}.${mark}`, body, `${body}.`, '', 'a.b']) {
    const reply = await app.inject({ url: '/api/cameras', headers: { cookie: `camera_session=${value}` } });
    expect(reply.statusCode).toBe(401);
  }
});

test('the session cookie is no bearer token', async () => {
  const code = parts.loginCodes.create(viewer);
  const cookie = cookieOf((await app.inject({ url: `/login?code=${code}` })).headers);
  const authorization = `Bearer ${cookie.replace('camera_session=', '')}`;
  expect((await app.inject({ url: '/api/cameras', headers: { authorization } })).statusCode).toBe(401);
});

test('a token in the form logs in, for no longer than the token itself lives', async () => {
  const token = await parts.tokens.create({ user: 'olga', role: 'operator' });
  const reply = await app.inject({ method: 'POST', url: '/login', payload: { token: ` ${token}\n` } });
  const expiresAt = new Date(clock.nowMs + 3600 * 1000).toISOString();
  expect(reply.json()).toEqual({
    authenticated: true,
    role: 'operator',
    user: 'olga',
    expires_at: expiresAt,
  });
  const cookie = cookieOf(reply.headers);
  expect((await app.inject({ url: '/api/cameras', headers: { cookie } })).statusCode).toBe(200);
});

test('a wrong token in the form is 401 with reason, details and suggestion, and no cookie', async () => {
  const reply = await app.inject({ method: 'POST', url: '/login', payload: { token: 'nonsense' } });
  expect(reply.statusCode).toBe(401);
  expect(reply.json().error).toMatchObject({ code: -32001, reason: 'invalid', details: expect.any(String) });
  expect(reply.json().error.suggestion).not.toBe('');
  expect(reply.headers['set-cookie']).toBeUndefined();
});

test('a form without token is 400', async () => {
  expect((await app.inject({ method: 'POST', url: '/login', payload: {} })).statusCode).toBe(400);
});

test('logout clears the cookie', async () => {
  const reply = await app.inject({ method: 'POST', url: '/logout' });
  expect(reply.statusCode).toBe(200);
  expect(reply.headers['set-cookie']).toMatch(/^camera_session=; .*Expires=Thu, 01 Jan 1970/);
});

test('API keys are told as not supported', async () => {
  const reply = await app.inject({ url: '/api/cameras', headers: { 'x-api-key': 'csk_x' } });
  expect(reply.statusCode).toBe(401);
  expect(reply.json().error.message).toMatch(/^authentication failed: API keys/);
});

test('a bearer token logs in over HTTP', async () => {
  const reply = await app.inject({ url: '/api/cameras', headers: await bearer(parts) });
  expect(reply.json()).toMatchObject({ total: 2, connected: 2 });
});

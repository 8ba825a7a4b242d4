import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { createHttpApp } from '../../src/http/app.ts';
import { UrlSigner } from '../../src/http/signing.ts';
import { bearer, Clock, cookieOf, createParts, secret, viewer, type Parts } from './support.ts';

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
  const { error } = reply.json();
  expect(error).toMatchObject({ code: -32001, data: { reason: 'invalid', details: expect.any(String) } });
  expect(error.data.suggestion).not.toBe('');
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

test('an API key logs in as X-API-Key, as Bearer and in the form; a wrong one does not', async () => {
  const { key } = parts.apiKeys.create({ name: 'wall', role: 'viewer', cameras: null, expiresAt: null });
  for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }]) {
    expect((await app.inject({ url: '/api/cameras', headers })).statusCode).toBe(200);
  }
  const form = await app.inject({ method: 'POST', url: '/login', payload: { token: key } });
  expect(form.json()).toMatchObject({ authenticated: true, user: 'wall' });
  const wrong = await app.inject({ url: '/api/cameras', headers: { 'x-api-key': 'csk_x' } });
  expect(wrong.statusCode).toBe(401);
  expect(wrong.json().error).toMatchObject({ data: { reason: 'unknown_key' } });
});

test('a bearer token logs in over HTTP', async () => {
  const reply = await app.inject({ url: '/api/cameras', headers: await bearer(parts) });
  expect(reply.json()).toMatchObject({ total: 2, connected: 2 });
});

const hourMs = 3600 * 1000;
const password = 'a good password';
const byPassword = (user: string, word = password) =>
  app.inject({ method: 'POST', url: '/login', payload: { user, password: word } });
const statusWith = async (cookie: string) =>
  (await app.inject({ url: '/api/cameras', headers: { cookie } })).statusCode;
const loadPage = (cookie: string) => app.inject({ url: '/', headers: { cookie } });
const logout = (cookie: string) => app.inject({ method: 'POST', url: '/logout', headers: { cookie } });

describe('a password in the form', () => {
  beforeEach(() => parts.users.create('Ann', { password, role: 'viewer', cameras: null }));

  test('logs in for 24 hours', async () => {
    const reply = await byPassword('ann');
    expect(reply.json()).toEqual({
      authenticated: true,
      role: 'viewer',
      user: 'Ann',
      expires_at: new Date(clock.nowMs + 24 * hourMs).toISOString(),
    });
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(await statusWith(cookieOf(reply.headers))).toBe(200);
  });

  test('that is wrong is 401 and no cookie, and after five from one address 429 with Retry-After', async () => {
    for (let i = 0; i < 5; i++) {
      const reply = await byPassword(`user${i}`, 'wrong');
      expect(reply.statusCode).toBe(401);
      expect(reply.json().error).toMatchObject({ code: -32001, data: { reason: 'wrong_password' } });
      expect(reply.headers['set-cookie']).toBeUndefined();
    }
    const locked = await byPassword('ann');
    expect(locked.statusCode).toBe(429);
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
    expect(locked.json().error).toMatchObject({ code: -32040, data: { reason: 'too_many_failed_logins' } });
  });

  test('of wrong tokens any number costs nothing', async () => {
    for (let i = 0; i < 20; i++) {
      const reply = await app.inject({ method: 'POST', url: '/login', payload: { token: `wrong ${i}` } });
      expect(reply.statusCode).toBe(401);
    }
    expect((await byPassword('ann')).statusCode).toBe(200);
  });

  test.each([
    { user: 'ann' },
    { password },
    { user: '', password },
    { user: 'ann', password: '' },
    { user: ['ann'], password },
    { user: 'ann\nx', password },
    { user: 'ann', password: 'x'.repeat(1025) },
    { user: 'x'.repeat(65), password },
    [],
    'text',
  ])('in a form like %j is 400', async (payload) => {
    const reply = await app.inject({
      method: 'POST',
      url: '/login',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(payload),
    });
    expect(reply.statusCode).toBe(400);
  });

  test('that is changed ends the cookie, and so does the end of the user', async () => {
    const cookie = cookieOf((await byPassword('ann')).headers);
    await parts.users.setPassword('ann', 'another password');
    expect(await statusWith(cookie)).toBe(401);
    const next = cookieOf((await byPassword('ann', 'another password')).headers);
    expect(await statusWith(next)).toBe(200);
    parts.users.remove('ann');
    expect(await statusWith(next)).toBe(401);
  });
});

describe('the cookie of a user', () => {
  beforeEach(() => parts.users.create('ann', { password, role: 'viewer', cameras: null }));

  test('is renewed by the page once it is an hour old, and so outlives its first day', async () => {
    const first = cookieOf((await byPassword('ann')).headers);
    clock.nowMs += hourMs - 1;
    expect((await loadPage(first)).headers['set-cookie']).toBeUndefined();
    clock.nowMs += 1;
    const renewed = await loadPage(first);
    expect(renewed.headers['set-cookie']).toMatch(/; HttpOnly; SameSite=Strict$/);
    clock.nowMs += 23.5 * hourMs;
    expect(await statusWith(first)).toBe(401);
    expect(await statusWith(cookieOf(renewed.headers))).toBe(200);
  });

  test('is renewed with the rights of now, and ends with its elder', async () => {
    const first = cookieOf((await byPassword('ann')).headers);
    clock.nowMs += 2 * hourMs;
    await parts.users.set('ann', { role: 'operator' });
    const page = await loadPage(first);
    const second = cookieOf(page.headers);
    const body = Buffer.from(second.replace('camera_session=', '').split('.')[0]!, 'base64url');
    expect(JSON.parse(body.toString())).toMatchObject({ user: 'ann', role: 'operator' });
    await logout(first);
    expect(await statusWith(second)).toBe(401);
    const after = await loadPage(second);
    expect(after.headers['set-cookie']).toBeUndefined();
  });

  test('that was made by a token of the user ends with that token', async () => {
    const identity = await parts.logins.byPassword({ user: 'ann', password, remoteAddress: '192.0.2.1' });
    const { token } = await parts.logins.issueToken(identity);
    const reply = await app.inject({ method: 'POST', url: '/login', payload: { token } });
    const cookie = cookieOf(reply.headers);
    clock.nowMs += hourMs - 1;
    expect((await loadPage(cookie)).headers['set-cookie']).toBeUndefined();
    clock.nowMs += 1;
    expect(await statusWith(cookie)).toBe(401);
  });
});

test('cookies of links, tokens and API keys are not renewed', async () => {
  const token = await parts.tokens.create({ user: 'olga', role: 'operator', expiresInSeconds: 86_400 });
  const { key } = parts.apiKeys.create({ name: 'wall', role: 'viewer', cameras: null, expiresAt: null });
  const replies = [
    await app.inject({ url: `/login?code=${parts.loginCodes.create(viewer)}` }),
    await app.inject({ method: 'POST', url: '/login', payload: { token } }),
    await app.inject({ method: 'POST', url: '/login', payload: { token: key } }),
  ];
  clock.nowMs += 2 * hourMs;
  for (const { headers } of replies) {
    const cookie = cookieOf(headers);
    expect(await statusWith(cookie)).toBe(200);
    expect((await loadPage(cookie)).headers['set-cookie']).toBeUndefined();
  }
});

describe('logout', () => {
  test('ends this browser’s cookie, also a copy of it, and no other browser nor the token', async () => {
    const token = await parts.tokens.create({ user: 'olga', role: 'operator' });
    const post = () => app.inject({ method: 'POST', url: '/login', payload: { token } });
    const [first, second] = [cookieOf((await post()).headers), cookieOf((await post()).headers)];
    expect((await logout(first)).json()).toEqual({ logged_out: true });
    expect(await statusWith(first)).toBe(401);
    expect(await statusWith(second)).toBe(200);
    expect(await parts.credentials.verify(token)).toMatchObject({ user: 'olga' });
  });

  test('ends a browser that stands on an API key, and the key stays', async () => {
    const { key } = parts.apiKeys.create({ name: 'wall', role: 'viewer', cameras: null, expiresAt: null });
    const form = await app.inject({ method: 'POST', url: '/login', payload: { token: key } });
    const cookie = cookieOf(form.headers);
    await logout(cookie);
    expect(await statusWith(cookie)).toBe(401);
    expect(await parts.credentials.verify(key)).toMatchObject({ user: 'wall' });
  });

  test('with a cookie that is nobody’s only clears it', async () => {
    for (const cookie of ['camera_session=nonsense', 'camera_session=a.b']) {
      const reply = await logout(cookie);
      expect(reply.statusCode).toBe(200);
      expect(reply.headers['set-cookie']).toMatch(/^camera_session=; /);
    }
  });

  test('of the token ends every cookie that was made by it', async () => {
    const token = await parts.tokens.create({ user: 'olga', role: 'operator' });
    const form = await app.inject({ method: 'POST', url: '/login', payload: { token } });
    const cookie = cookieOf(form.headers);
    parts.credentials.endLogin(await parts.credentials.verify(token));
    expect(await statusWith(cookie)).toBe(401);
  });
});

test('a new secret takes the cookies and the links of the one before it until its time', async () => {
  const cookie = cookieOf(
    (await app.inject({ url: `/login?code=${parts.loginCodes.create(viewer)}` })).headers,
  );
  const link = parts.signer.sign('/files/snapshots/a.jpg', clock.nowMs + 24 * hourMs);
  const query = Object.fromEntries(new URLSearchParams(link.split('?')[1]));
  const next = { secret: new Uint8Array(32).fill(8), now: clock.now };
  const rotated = { ...next, previousSecret: secret, previousUntil: clock.nowMs + 1_000 };
  const opens = async (signer: UrlSigner) => {
    const other = await createHttpApp({ ...parts, signer });
    const { statusCode } = await other.inject({ url: '/api/cameras', headers: { cookie } });
    await other.close();
    return [statusCode, signer.verify('/files/snapshots/a.jpg', query)];
  };
  expect(await opens(new UrlSigner(rotated))).toEqual([200, 'valid']);
  expect(await opens(new UrlSigner(next))).toEqual([401, 'invalid']);
  clock.nowMs += 1_000;
  expect(await opens(new UrlSigner(rotated))).toEqual([401, 'invalid']);
});

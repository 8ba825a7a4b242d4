import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { methods, roles, type MethodDefinition, type Role } from '@mediamtx-camera-service/protocol';
import { RawClient, runCli, Service, TempDir, until } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const secret = 'a-secret-of-this-test-that-is-long-enough';
let service: Service;
beforeAll(async () => {
  service = await Service.start({ env: { CAMERA_SERVICE_JWT_SECRET: secret } });
});
afterAll(async () => service?.[Symbol.asyncDispose]());

const seconds = () => Date.now() / 1000;
const claims = (role: string, exp = seconds() + 600) => ({
  user_id: 'test',
  role,
  iat: Math.floor(seconds()),
  exp,
});
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function makeToken(payload: object, { alg = 'HS256', key = secret } = {}): string {
  const head = `${encode({ alg, typ: 'JWT' })}.${encode(payload)}`;
  const hash = { HS256: 'sha256', HS512: 'sha512' }[alg];
  return `${head}.${hash ? createHmac(hash, key).update(head).digest('base64url') : ''}`;
}

describe('a token that is no good', () => {
  const forged = makeToken(claims('viewer')).split('.');
  const admin = encode(claims('admin'));
  test.each([
    ['of another key', makeToken(claims('admin'), { key: 'k'.repeat(40) })],
    ['with alg none', makeToken(claims('admin'), { alg: 'none' })],
    ['with another algorithm', makeToken(claims('admin'), { alg: 'HS512' })],
    ['whose payload was changed', `${forged[0]}.${admin}.${forged[2]}`],
    ['without a signature', `${forged[0]}.${forged[1]}.`],
    ['without an end', makeToken({ user_id: 'test', role: 'admin', iat: 1 })],
    ['without a user', makeToken({ ...claims('admin'), user_id: undefined })],
    ['with a role that does not exist', makeToken(claims('emperor'))],
    ['that has expired', makeToken(claims('admin', seconds() - 1))],
    ['of 32 characters', '0123456789abcdef0123456789abcdef'],
    ['that looks like an API key', `csk_${'a'.repeat(43)}`],
  ])('%s is refused on the socket, on the upgrade and over HTTP', async (_what, token) => {
    await using client = await service.rawClient();
    expect((await client.login(token)).error).toMatchObject({
      code: -32001,
      message: expect.stringMatching(/^authentication failed: /) as unknown,
    });
    expect((await client.call('get_camera_list')).error?.code).toBe(-32001);
    expect(await client.result('ping')).toBe('pong');
    expect(await RawClient.refusal(service.ready.ws_url, { headers: bearer(token) })).toBe(401);
    expect((await fetch(`${service.httpUrl}/api/cameras`, { headers: bearer(token) })).status).toBe(401);
  });

  test('a token of the command line ends when it says', async () => {
    const token = await service.token('viewer', ['--expires', '1s']);
    await using client = await service.rawClient();
    const { error } = await until(async () => {
      const reply = await client.login(token);
      return reply.error && reply;
    });
    expect(error).toMatchObject({ code: -32001, data: { reason: 'expired' } });
  });

  test('no token at all is refused everywhere, and ping and rpc.discover need none', async () => {
    await using client = await service.rawClient();
    for (const [name, { role }] of Object.entries<MethodDefinition>(methods)) {
      if (role === 'none') continue;
      expect((await client.call(name)).error, name).toMatchObject({
        code: -32001,
        data: { reason: 'login_required' },
      });
    }
    expect(await client.result('rpc.discover')).toHaveProperty('openrpc');
    for (const path of [
      '/api/cameras',
      '/media/camera0/still.jpg',
      '/media/camera0/hls/index.m3u8',
      '/files/snapshots/a.jpg',
    ]) {
      expect((await fetch(service.httpUrl + path)).status, path).toBe(401);
    }
  });
});

test('rights end in the middle of a session; the socket stays, and a new login gives them back', async () => {
  await using client = await service.rawClient();
  const exp = Math.ceil(seconds()) + 2;
  const { result } = await client.login(makeToken(claims('operator', exp)));
  expect(result).toMatchObject({ expires_at: new Date(exp * 1000).toISOString() });
  const { error } = await until(async () => {
    const reply = await client.call('get_camera_list');
    return reply.error && reply;
  });
  expect(error).toMatchObject({ code: -32001, data: { reason: 'expired' } });
  expect(seconds()).toBeGreaterThanOrEqual(exp);
  await client.login(makeToken(claims('viewer')));
  expect(await client.result('get_camera_list')).toMatchObject({ total: 1 });
});

test('a login binds its own socket alone', async () => {
  await using first = await service.rawClient('admin');
  await using second = await service.rawClient();
  expect(await first.result('get_status')).toHaveProperty('components');
  expect((await second.call('get_status')).error?.code).toBe(-32001);
});

describe.each(roles)('the role %s', (role) => {
  test('may call what is for it, and is told which role the rest needs', async () => {
    await using client = await service.rawClient(role);
    for (const [name, { role: needed }] of Object.entries<MethodDefinition>(methods)) {
      if (needed === 'none' || rank(needed) <= rank(role)) continue;
      // A camera that does not exist: the answer must not tell so.
      const { error } = await client.call(name, { device: 'camera99' });
      expect(error, name).toMatchObject({ code: -32002, data: { required_role: needed, have_role: role } });
    }
    expect(await client.result('get_camera_list')).toMatchObject({ total: 1 });
    expect((await client.call('stop_recording', { device: 'camera99' })).error?.code).toBe(
      role === 'viewer' ? -32002 : -32010,
    );
  });
});

const rank = (role: Role) => roles.indexOf(role);

test('a token in the upgrade makes authenticate unnecessary', async () => {
  await using client = await service.rawClient(undefined, { headers: bearer(await service.token('viewer')) });
  expect(await client.result('get_camera_list')).toMatchObject({ total: 1 });
  expect((await client.call('get_status')).error?.code).toBe(-32002);
});

describe('the page', () => {
  test('is logged in by the link once, and its cookie opens the socket, the files and the media', async () => {
    const first = await fetch(service.loginUrl, { redirect: 'manual' });
    expect(first.status).toBe(303);
    const cookie = first.headers.get('set-cookie')!;
    for (const word of ['camera_session=', 'HttpOnly', 'SameSite=Strict', 'Path=/'])
      expect(cookie).toContain(word);
    const headers = { cookie: cookie.split(';')[0]! };
    await using client = await service.rawClient(undefined, { headers });
    expect(await client.result('get_status')).toHaveProperty('components');
    expect((await fetch(`${service.httpUrl}/media/camera0/still.jpg`, { headers })).status).toBe(200);

    const second = await fetch(service.loginUrl, { redirect: 'manual' });
    expect(second.headers.get('location')).toBe('/?login=expired');
    expect(second.headers.get('set-cookie')).toBeNull();
  });

  test('takes a token in its form, and a wrong one gets neither cookie nor page', async () => {
    const post = (token: string) =>
      fetch(`${service.httpUrl}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      });
    const right = await post(await service.token('operator'));
    expect(await right.json()).toMatchObject({ authenticated: true, role: 'operator' });
    const headers = { cookie: right.headers.get('set-cookie')!.split(';')[0]! };
    expect((await fetch(`${service.httpUrl}/api/cameras`, { headers })).status).toBe(200);
    const wrong = await post('nonsense');
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('set-cookie')).toBeNull();
  });

  test.each(['camera_session=nonsense', 'camera_session=e30.AAAA', 'camera_session='])(
    'the cookie %s is nobody',
    async (cookie) => {
      expect((await fetch(`${service.httpUrl}/api/cameras`, { headers: { cookie } })).status).toBe(401);
    },
  );
});

describe('a page of another site', () => {
  test('may neither open the socket nor call', async () => {
    const headers = { ...bearer(await service.token('admin')), origin: 'https://evil.example' };
    expect(await RawClient.refusal(service.ready.ws_url, { headers })).toBe(403);
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect((await fetch(`${service.httpUrl}/rpc`, { method: 'POST', headers, body })).status).toBe(403);
  });

  test('that points its own name at the service is refused with 421', async () => {
    expect(await statusFor('evil.example')).toBe(421);
    expect(await statusFor(`evil.example:${new URL(service.httpUrl).port}`)).toBe(421);
    expect(await RawClient.refusal(service.ready.ws_url, { headers: { host: 'evil.example' } })).toBe(421);
    expect(await statusFor('localhost')).toBe(200);
    expect(await statusFor('192.0.2.7')).toBe(200);
  });
});

describe('token create', () => {
  test.each([
    ['no role', [], 2, /--role/],
    ['a role that does not exist', ['--role', 'emperor'], 2, /viewer, operator, admin/],
    ['a time without unit', ['--role', 'viewer', '--expires', '30'], 2, /a number and a unit/],
    ['a time of nothing', ['--role', 'viewer', '--expires', '0s'], 2, /a number and a unit/],
    [
      'an option that does not exist',
      ['--role', 'viewer', '--colour', 'red'],
      2,
      /unknown option '--colour'/,
    ],
    [
      'a configuration that is not there',
      ['--role', 'viewer', '--config', '/nowhere/config.yaml'],
      78,
      /\/nowhere\/config\.yaml/,
    ],
  ])('with %s prints no token and says what is wrong', async (_what, args, exitCode, words) => {
    await using dir = await TempDir.create();
    const { code, stdout, stderr } = await runCli(['token', 'create', '--data-dir', dir.path, ...args]);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain('    at ');
  });
});

/** The status of a request that names this host. */
function statusFor(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${service.httpUrl}/health`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.once('error', reject).end();
  });
}

import type { Role } from '@mediamtx-camera-service/protocol';
import { describe, expect, it } from 'vitest';
import { connectAs, ended, password, startWithUsers } from './harness/with-users.ts';

describe('rights', () => {
  it('that an admin changes change in the open session', async () => {
    await using rpc = await startWithUsers();
    const [ann, bob] = [await connectAs(rpc, 'ann'), await connectAs(rpc, 'bob')];
    expect((await bob.call('list_users')).error).toMatchObject({ code: -32002 });
    await ann.call('set_user', { user: 'bob', role: 'admin', cameras: null });
    expect((await bob.call('list_users')).result).toMatchObject({
      users: [
        { user: 'ann', role: 'admin' },
        { user: 'bob', role: 'admin', cameras: null },
      ],
    });
  });

  it('of a user who is deleted end, and the socket with them', async () => {
    await using rpc = await startWithUsers();
    const [ann, bob] = [await connectAs(rpc, 'ann'), await connectAs(rpc, 'bob')];
    expect((await ann.call('delete_user', { user: 'bob' })).result).toEqual({ user: 'bob', deleted: true });
    expect(await bob.closed).toEqual(ended);
  });

  it('that one takes from oneself are taken after the reply', async () => {
    await using rpc = await startWithUsers();
    const ann = await connectAs(rpc, 'ann');
    await ann.call('create_user', { user: 'eve', password, role: 'admin' });
    expect((await ann.call('delete_user', { user: 'ann' })).result).toEqual({ user: 'ann', deleted: true });
    expect(await ann.closed).toEqual(ended);
  });
});

describe('set_password', () => {
  it('of the own keeps the own session and ends the others', async () => {
    await using rpc = await startWithUsers();
    const [first, second] = [await connectAs(rpc, 'bob'), await connectAs(rpc, 'bob')];
    const params = { user: 'bob', password: 'another password', current_password: password };
    expect((await first.call('set_password', params)).result).toEqual({ user: 'bob', updated: true });
    expect(await second.closed).toEqual(ended);
    expect((await first.call('get_camera_list')).result).toBeDefined();
    const again = await rpc.connect();
    expect((await again.call('login', { user: 'bob', password })).error?.code).toBe(-32001);
    expect((await again.call('login', { user: 'bob', password: 'another password' })).result).toBeDefined();
  });

  it('of the own needs the current one', async () => {
    await using rpc = await startWithUsers();
    for (const user of ['bob', 'ann']) {
      const client = await connectAs(rpc, user);
      const params = { user, password: 'another password' };
      expect((await client.call('set_password', params)).error).toMatchObject({
        code: -32602,
        data: { param: 'current_password', rule: 'required' },
      });
      const wrong = { ...params, current_password: 'wrong' };
      expect((await client.call('set_password', wrong)).error).toMatchObject({
        code: -32001,
        data: { reason: 'wrong_password' },
      });
      expect((await client.call('get_camera_list')).result).toBeDefined();
    }
  });

  it('of another is an admin’s; others are not even told whether the user exists', async () => {
    await using rpc = await startWithUsers();
    const [ann, bob] = [await connectAs(rpc, 'ann'), await connectAs(rpc, 'bob')];
    for (const user of ['ann', 'nobody']) {
      const { error } = await bob.call('set_password', { user, password, current_password: password });
      expect(error).toMatchObject({ code: -32002, data: { required_role: 'admin', have_role: 'viewer' } });
    }
    expect((await ann.call('set_password', { user: 'nobody', password })).error).toMatchObject({
      code: -32010,
      data: { resource: 'user' },
    });
    expect(
      (await ann.call('set_password', { user: 'bob', password: 'another password' })).result,
    ).toBeDefined();
    expect(await bob.closed).toEqual(ended);
  });

  it('takes nobody for the user whose name a token or a key bears', async () => {
    await using rpc = await startWithUsers();
    const token = await rpc.tokens.create({ user: 'bob', role: 'operator' });
    const { key } = rpc.apiKeys.create({ name: 'bob', role: 'operator', cameras: null, expiresAt: null });
    for (const credential of [token, key]) {
      const client = await rpc.connect();
      await client.call('authenticate', { token: credential });
      const params = { user: 'bob', password: 'another password', current_password: password };
      expect((await client.call('set_password', params)).error?.code).toBe(-32002);
    }
  });
});

describe('API keys', () => {
  it('are made, listed, rotated and revoked, and their sockets end', async () => {
    await using rpc = await startWithUsers();
    const ann = await connectAs(rpc, 'ann');
    const created = await ann.call('create_api_key', { name: 'wall', role: 'viewer', cameras: ['camera0'] });
    const { key, key_id: keyId } = created.result as { key: string; key_id: string };
    expect(created.result).toEqual({
      ...{ key, key_id: keyId, name: 'wall', role: 'viewer', cameras: ['camera0'], expires_at: null },
    });
    const wall = await rpc.connect();
    await wall.call('authenticate', { token: key, auth_type: 'api_key' });
    const rotated = await ann.call('rotate_api_key', { key_id: keyId, grace_seconds: 60 });
    expect(rotated.result).toMatchObject({ key_id: keyId, cameras: ['camera0'] });
    expect((await wall.call('get_camera_list')).result).toBeDefined();
    expect((await ann.call('revoke_api_key', { key_id: keyId })).result).toEqual({
      key_id: keyId,
      revoked: true,
    });
    expect(await wall.closed).toEqual(ended);
    const { result } = await ann.call('list_api_keys');
    expect(result).toMatchObject({ keys: [{ key_id: keyId, revoked: true }] });
    expect(JSON.stringify(result)).not.toContain(key.slice(4));
  });

  it.each([
    [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at', 'future'],
    [{ expires_at: '2099-01-01T00:00:00Z', expires_in: '1h' }, 'expires_in', 'exclusive'],
    [{ expires_in: '9999999d' }, 'expires_in', 'max'],
    [{ expires_in: '1y' }, 'expires_in', 'pattern'],
  ])('with %j are refused for %s', async (params, param, rule) => {
    await using rpc = await startWithUsers();
    const ann = await connectAs(rpc, 'ann');
    const { error } = await ann.call('create_api_key', { name: 'x', role: 'viewer', ...params });
    expect(error).toMatchObject({ code: -32602, data: { param, rule } });
  });

  it('end when they say', async () => {
    await using rpc = await startWithUsers();
    const ann = await connectAs(rpc, 'ann');
    const before = Date.now();
    const { result } = await ann.call('create_api_key', { name: 'x', role: 'viewer', expires_in: '90m' });
    const end = Date.parse((result as { expires_at: string }).expires_at) - 90 * 60_000;
    expect(end).toBeGreaterThanOrEqual(before);
    expect(end).toBeLessThanOrEqual(Date.now());
    const at = '2099-01-01T01:00:00+01:00';
    expect(
      (await ann.call('create_api_key', { name: 'x', role: 'viewer', expires_at: at })).result,
    ).toMatchObject({
      expires_at: '2099-01-01T00:00:00.000Z',
    });
  });
});

it('no password is in the log, whatever is called with it', async () => {
  await using rpc = await startWithUsers();
  const ann = await connectAs(rpc, 'ann');
  const secret = 'hunter2-hunter2';
  await ann.call('create_user', { user: 'eve', password: secret, role: 'viewer' });
  await ann.call('set_user', { user: 'eve', password: secret });
  await ann.call('set_password', { user: 'ann', password: secret, current_password: password });
  await ann.call('login', { user: 'eve', password: secret });
  await ann.call('login', { user: 'eve', password: `${secret}x` });
  const text = JSON.stringify([rpc.logLines, rpc.audit.query({ limit: 1000, offset: 0 })]);
  expect(text).toContain('create_user');
  expect(text).not.toContain(secret);
  expect(text).not.toContain(password);
});

it.each<[Role, number]>([
  ['viewer', -32002],
  ['operator', -32002],
])('the role %s can change nobody', async (role, code) => {
  await using rpc = await startWithUsers();
  const client = await rpc.connect(role);
  for (const method of [
    'create_user',
    'set_user',
    'delete_user',
    'create_api_key',
    'end_session',
    'list_sessions',
  ]) {
    expect((await client.call(method, { user: 'bob' })).error?.code, method).toBe(code);
  }
});

it('a POST goes on with the rights of now: what stands behind a slow call is refused once they have ended', async () => {
  await using rpc = await startWithUsers();
  await rpc.users.create('eve', { password, role: 'admin', cameras: null });
  const identity = await rpc.logins.byPassword({ user: 'eve', password, remoteAddress: '192.0.2.1' });
  const batch = [
    { jsonrpc: '2.0', id: 1, method: 'login', params: { user: 'nobody', password: 'wrong' } },
    { jsonrpc: '2.0', id: 2, method: 'create_api_key', params: { name: 'back door', role: 'admin' } },
  ];
  const signal = new AbortController().signal;
  const info = { remoteAddress: '192.0.2.1', host: 'localhost', identity, signal };
  const reply = rpc.rpc.handlePost(JSON.stringify(batch), info);
  rpc.users.remove('eve');
  expect(JSON.parse((await reply)!)).toMatchObject([
    { id: 1, error: { code: -32001 } },
    { id: 2, error: { code: -32001 } },
  ]);
  expect(rpc.apiKeys.list()).toEqual([]);
});

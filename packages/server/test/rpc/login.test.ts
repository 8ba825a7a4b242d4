import type { Role } from '@mediamtx-camera-service/protocol';
import { describe, expect, it } from 'vitest';
import { accessHandlers } from '../../src/rpc/handlers/access.ts';
import { OpenSessions } from '../../src/rpc/open-sessions.ts';
import type { OpenMediaSession } from '../../src/rpc/open-sessions.ts';
import { addCamera } from '../auth/harness.ts';
import { openDatabase } from '../../src/store/database.ts';
import { buildAccess } from '../../src/lifecycle/build-credentials.ts';
import { Tokens } from '../../src/auth/tokens.ts';
import type { WireClient } from './harness/client.ts';
import { identityOf, startRpc, type HarnessOptions } from './harness/rpc-harness.ts';

const password = 'a good password';

/** The RPC core with users and keys behind it, and `camera0`. */
async function startWithUsers(options: HarnessOptions & { media?: OpenMediaSession[] } = {}) {
  const { media: watched = [], ...rest } = options;
  const db = openDatabase(':memory:');
  addCamera(db);
  const tokens = new Tokens({ secret: Buffer.alloc(32, 1), expirySeconds: 3600 });
  const access = buildAccess({ db, tokens });
  const media = {
    list: () => watched,
    end: (id: string) => {
      const index = watched.findIndex((entry) => entry.id === id);
      return index >= 0 && watched.splice(index, 1).length > 0;
    },
  };
  const rpc = await startRpc({
    ...rest,
    access,
    extraHandlers: ({ sessions }) =>
      accessHandlers({
        ...access,
        openSessions: new OpenSessions({ sessions, credentials: access.credentials, media }),
      }),
  });
  await access.users.create('ann', { password, role: 'admin', cameras: null });
  await access.users.create('bob', { password, role: 'viewer', cameras: ['camera0'] });
  return rpc;
}

async function connectAs(rpc: Awaited<ReturnType<typeof startWithUsers>>, user: string): Promise<WireClient> {
  const client = await rpc.connect();
  expect((await client.call('login', { user, password })).error).toBeUndefined();
  return client;
}

const ended = { code: 4401, reason: 'the login was ended' };

describe('login', () => {
  it('binds the user to the socket and gives a token for others', async () => {
    await using rpc = await startWithUsers();
    const client = await rpc.connect();
    const { result } = await client.call('login', { user: 'BOB', password });
    expect(result).toMatchObject({ authenticated: true, role: 'viewer', auth_method: 'password' });
    expect((await client.call('get_camera_list')).result).toBeDefined();
    const { token, expires_at: expiresAt } = result as { token: string; expires_at: string };
    const other = await rpc.connect();
    expect((await other.call('authenticate', { token })).result).toMatchObject({
      role: 'viewer',
      auth_method: 'jwt',
      expires_at: expiresAt,
    });
  });

  it('counts for the calls that are sent right after it', async () => {
    await using rpc = await startWithUsers();
    const client = await rpc.connect();
    client.send(
      JSON.stringify({ jsonrpc: '2.0', id: 'login', method: 'login', params: { user: 'bob', password } }),
    );
    client.send(JSON.stringify({ jsonrpc: '2.0', id: 'list', method: 'get_camera_list' }));
    expect((await client.reply('list')).result).toBeDefined();
  });

  it('with a wrong password says nothing of the user, and is refused for a while after five', async () => {
    await using rpc = await startWithUsers();
    const client = await rpc.connect();
    const wrong = await client.call('login', { user: 'ann', password: 'wrong' });
    expect(wrong.error).toMatchObject({ code: -32001, data: { reason: 'wrong_password' } });
    const nobody = await client.call('login', { user: 'nobody', password: 'wrong' });
    expect(nobody.error).toEqual(wrong.error);
    for (let i = 0; i < 3; i++) await client.call('login', { user: 'ann', password: 'wrong' });
    expect((await client.call('login', { user: 'bob', password })).error).toMatchObject({
      code: -32040,
      data: { reason: 'too_many_failed_logins', retry_after_ms: expect.any(Number) as number },
    });
  });

  it('over POST gives a token, and logout ends the token that was sent', async () => {
    await using rpc = await startWithUsers();
    const { result } = await rpc.call('login', { user: 'bob', password });
    const { token } = result as { token: string };
    const identity = await rpc.credentials.verify(token);
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'logout' });
    const signal = new AbortController().signal;
    const reply = await rpc.rpc.handlePost(body, { remoteAddress: '192.0.2.1', host: 'h', identity, signal });
    expect(JSON.parse(reply!)).toMatchObject({ result: { logged_out: true } });
    await expect(rpc.credentials.verify(token)).rejects.toThrow(/ended/);
  });
});

describe('logout', () => {
  it('ends the login on every socket; the own one stays open and can log in again', async () => {
    await using rpc = await startWithUsers();
    const first = await rpc.connect();
    const { token } = (await first.call('login', { user: 'bob', password })).result as { token: string };
    const second = await rpc.connect();
    await second.call('authenticate', { token });
    expect((await first.call('logout')).result).toEqual({ logged_out: true });
    expect(await second.closed).toEqual(ended);
    expect((await first.call('get_camera_list')).error).toMatchObject({ data: { reason: 'login_required' } });
    expect((await first.call('authenticate', { token })).error).toMatchObject({ data: { reason: 'ended' } });
    expect((await first.call('login', { user: 'bob', password })).result).toBeDefined();
  });

  it('leaves an API key valid', async () => {
    await using rpc = await startWithUsers();
    const { key } = rpc.apiKeys.create({ name: 'wall', role: 'viewer', cameras: null, expiresAt: null });
    const client = await rpc.connect();
    await client.call('authenticate', { token: key });
    await client.call('logout');
    expect((await client.call('get_camera_list')).error?.code).toBe(-32001);
    expect((await client.call('authenticate', { token: key })).result).toMatchObject({
      auth_method: 'api_key',
    });
  });
});

describe('refresh_token', () => {
  it('gives a token that ends with the login', async () => {
    await using rpc = await startWithUsers();
    const client = await connectAs(rpc, 'bob');
    const { token } = (await client.call('refresh_token')).result as { token: string };
    expect(await rpc.credentials.verify(token)).toMatchObject({ user: 'bob', cameras: ['camera0'] });
    await client.call('logout');
    await expect(rpc.credentials.verify(token)).rejects.toThrow(/ended/);
  });

  it('needs a login, and no API key', async () => {
    await using rpc = await startWithUsers();
    const client = await rpc.connect();
    expect((await client.call('refresh_token')).error?.code).toBe(-32001);
    const { key } = rpc.apiKeys.create({ name: 'wall', role: 'viewer', cameras: null, expiresAt: null });
    await client.call('authenticate', { token: key });
    expect((await client.call('refresh_token')).error).toMatchObject({
      code: -32020,
      data: { state: 'api_key' },
    });
  });
});

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

describe('sessions', () => {
  it('are listed with who, how, from where and when', async () => {
    await using rpc = await startWithUsers();
    const [ann, bob, nobody] = [
      await connectAs(rpc, 'ann'),
      await connectAs(rpc, 'bob'),
      await rpc.connect(),
    ];
    const { key, row } = rpc.apiKeys.create({
      name: 'wall',
      role: 'operator',
      cameras: null,
      expiresAt: null,
    });
    const wall = await rpc.connect();
    await wall.call('authenticate', { token: key });
    const { sessions } = (await ann.call('list_sessions')).result as { sessions: Record<string, unknown>[] };
    const common = { remote_address: '127.0.0.1', transport: 'websocket', device: null };
    expect(sessions).toMatchObject([
      { ...common, user: 'ann', role: 'admin', auth_method: 'password', own: true, key_id: null },
      { ...common, user: 'bob', role: 'viewer', own: false },
      { ...common, user: null, role: null, auth_method: null, last_call_at: null },
      { ...common, user: 'wall', role: 'operator', auth_method: 'api_key', key_id: row.key_id },
    ]);
    expect(sessions[1]!['last_call_at']).toMatch(/Z$/);
    expect([bob, nobody].every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);
  });

  it('that are ended close with 4401, and their token is of no use any more', async () => {
    await using rpc = await startWithUsers();
    const ann = await connectAs(rpc, 'ann');
    const bob = await rpc.connect();
    const { session_id: id, token } = (await bob.call('login', { user: 'bob', password })).result as {
      session_id: string;
      token: string;
    };
    expect((await ann.call('end_session', { session_id: id })).result).toEqual({
      session_id: id,
      ended: true,
    });
    expect(await bob.closed).toEqual(ended);
    await expect(rpc.credentials.verify(token)).rejects.toThrow(/ended/);
    expect((await ann.call('end_session', { session_id: id })).error).toMatchObject({
      code: -32010,
      data: { resource: 'session', id },
    });
  });

  it('may be the own one: the reply comes before the end', async () => {
    await using rpc = await startWithUsers();
    const ann = await rpc.connect();
    const { session_id: id } = (await ann.call('login', { user: 'ann', password })).result as {
      session_id: string;
    };
    expect((await ann.call('end_session', { session_id: id })).result).toEqual({
      session_id: id,
      ended: true,
    });
    expect(await ann.closed).toEqual(ended);
  });

  it('with more rights are not ended by an admin who is limited to cameras', async () => {
    await using rpc = await startWithUsers();
    const bob = await rpc.connect();
    const { session_id: id } = (await bob.call('login', { user: 'ann', password })).result as {
      session_id: string;
    };
    const limited = { name: 'limited', role: 'admin', cameras: ['camera0'], expiresAt: null } as const;
    const admin = await rpc.connect();
    await admin.call('authenticate', { token: rpc.apiKeys.create({ ...limited, cameras: ['camera0'] }).key });
    expect((await admin.call('end_session', { session_id: id })).error).toMatchObject({
      code: -32002,
      data: { reason: 'wider_rights' },
    });
    expect((await bob.call('list_users')).result).toBeDefined();
    expect((await admin.call('list_users')).result).toMatchObject({
      users: [{ user: 'ann' }, { user: 'bob' }],
    });
  });

  it('of an API key or of nobody close, and the key stays', async () => {
    await using rpc = await startWithUsers();
    const ann = await connectAs(rpc, 'ann');
    const { key } = rpc.apiKeys.create({ name: 'wall', role: 'viewer', cameras: null, expiresAt: null });
    const [wall, nobody] = [await rpc.connect(), await rpc.connect()];
    await wall.call('authenticate', { token: key });
    const { sessions } = (await ann.call('list_sessions')).result as {
      sessions: { session_id: string; own: boolean }[];
    };
    for (const { session_id: id } of sessions.filter(({ own }) => !own)) {
      await ann.call('end_session', { session_id: id });
    }
    expect([await wall.closed, await nobody.closed]).toEqual([ended, ended]);
    expect(await rpc.credentials.verify(key)).toMatchObject({ user: 'wall' });
  });

  it('of media are among them, and end with their login', async () => {
    const identity = identityOf('viewer', { user: 'vera' });
    const watching: OpenMediaSession = {
      ...{ id: 'media-1', transport: 'webrtc', device: 'camera0', identity, remoteAddress: '192.0.2.5' },
      openedAt: Date.parse('2026-01-01T00:00:00.000Z'),
    };
    const media = [watching];
    await using rpc = await startWithUsers({ media });
    const ann = await connectAs(rpc, 'ann');
    const { sessions } = (await ann.call('list_sessions')).result as { sessions: unknown[] };
    expect(sessions[1]).toEqual({
      ...{
        session_id: 'media-1',
        user: 'vera',
        key_id: null,
        role: 'viewer',
        auth_method: 'jwt',
        own: false,
      },
      ...{ remote_address: '192.0.2.5', connected_at: '2026-01-01T00:00:00.000Z', last_call_at: null },
      ...{ transport: 'webrtc', device: 'camera0' },
    });
    expect((await ann.call('end_session', { session_id: 'media-1' })).result).toBeDefined();
    expect(media).toEqual([]);
    expect(rpc.credentials.current(identity)).toBeUndefined();
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

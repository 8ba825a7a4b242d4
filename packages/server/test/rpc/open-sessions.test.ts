import { describe, expect, it } from 'vitest';
import type { OpenMediaSession } from '../../src/rpc/open-sessions.ts';
import { identityOf } from './harness/rpc-harness.ts';
import { connectAs, ended, password, startWithUsers } from './harness/with-users.ts';

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

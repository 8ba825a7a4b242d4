import { describe, expect, it } from 'vitest';
import { connectAs, ended, password, startWithUsers } from './harness/with-users.ts';

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

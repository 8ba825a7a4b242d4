import { describe, expect, it } from 'vitest';
import { Gate } from './harness/gate.ts';
import { identityOf, startRpc } from './harness/rpc-harness.ts';

describe('authenticate', () => {
  it('binds the calling socket alone', async () => {
    await using rpc = await startRpc();
    const [first, second] = [await rpc.connect(), await rpc.connect()];
    const token = await rpc.tokens.create({ user: 'ann', role: 'operator' });
    const { result } = await first.call('authenticate', { auth_token: token });
    expect(result).toMatchObject({
      authenticated: true,
      role: 'operator',
      permissions: ['view', 'control'],
      auth_method: 'jwt',
      expires_at: expect.stringMatching(/Z$/),
    });
    expect((await first.call('get_camera_list')).result).toBeDefined();
    expect((await second.call('get_camera_list')).error?.code).toBe(-32001);
  });

  it('takes the token by both names and with auth_type', async () => {
    await using rpc = await startRpc();
    const token = await rpc.tokens.create({ user: 'ann', role: 'viewer' });
    for (const params of [{ token }, { auth_token: token, auth_type: 'jwt' }, { token, auth_type: 'auto' }]) {
      expect((await (await rpc.connect()).call('authenticate', params)).result).toBeDefined();
    }
  });

  it.each([
    ['x'.repeat(32), undefined, 'invalid'],
    ['csk_' + 'x'.repeat(43), undefined, 'unknown_key'],
    ['x'.repeat(43), 'api_key', 'unknown_key'],
  ])('refuses %s (%s)', async (auth_token, auth_type, reason) => {
    await using rpc = await startRpc();
    const client = await rpc.connect();
    const { error } = await client.call('authenticate', { auth_token, ...(auth_type && { auth_type }) });
    expect(error).toMatchObject({ code: -32001, data: { reason } });
    expect((await client.call('get_camera_list')).error?.code).toBe(-32001);
  });

  it('that fails leaves the login that was there', async () => {
    await using rpc = await startRpc();
    const client = await rpc.connect('viewer');
    await client.call('authenticate', { auth_token: 'wrong' });
    expect((await client.call('get_camera_list')).result).toBeDefined();
  });

  it('counts for calls that are sent right after it, on the socket and in a batch', async () => {
    await using rpc = await startRpc();
    const token = await rpc.tokens.create({ user: 'ann', role: 'viewer' });
    const login = { jsonrpc: '2.0', id: 'login', method: 'authenticate', params: { auth_token: token } };
    const list = { jsonrpc: '2.0', id: 'list', method: 'get_camera_list' };
    const sequence = await rpc.connect();
    sequence.send(JSON.stringify(login));
    for (const id of [1, 2, 3]) sequence.send(JSON.stringify({ ...list, id }));
    expect((await sequence.reply(3)).result).toBeDefined();
    expect(sequence.messages.map(({ id }) => id)).toEqual(['login', 1, 2, 3]);
    const batch = await rpc.connect();
    batch.send(JSON.stringify([login, list]));
    await batch.until(() => batch.texts.length > 0);
    expect(JSON.parse(batch.texts[0]!)).toMatchObject([
      { id: 'login' },
      { id: 'list', result: { total: 1 } },
    ]);
  });

  it('closes the socket at the 50th wrong token', async () => {
    await using rpc = await startRpc();
    const client = await rpc.connect();
    for (let i = 0; i < 49; i++) await client.call('authenticate', { auth_token: `wrong ${i}` });
    expect((await client.call('ping')).result).toBe('pong');
    client.send('{"jsonrpc":"2.0","id":"last","method":"authenticate","params":{"auth_token":"wrong"}}');
    expect(await client.closed).toEqual({ code: 1008, reason: 'too many wrong tokens' });
  });

  it('is not needed where the upgrade request said who it is', async () => {
    await using rpc = await startRpc({ upgradeIdentity: identityOf('viewer') });
    expect((await (await rpc.connect()).call('get_camera_list')).result).toBeDefined();
  });
});

describe('an expired login', () => {
  it('takes the rights at once, leaves the socket, and can be renewed', async () => {
    let now = 1_000_000_000_000;
    await using rpc = await startRpc({ now: () => now });
    const client = await rpc.connect();
    const token = await rpc.tokens.create({ user: 'ann', role: 'viewer', expiresInSeconds: 60 });
    await client.call('authenticate', { auth_token: token });
    await client.call('subscribe_events', { topics: ['*'] });
    now += 59_999;
    expect((await client.call('get_camera_list')).result).toBeDefined();
    now += 1;
    const { error } = await client.call('get_camera_list');
    expect(error).toMatchObject({ code: -32001, data: { reason: 'expired' } });
    expect(error!.data['suggestion']).toMatch(/authenticate again/);
    rpc.events.append('system.health', { told: 'to nobody' });
    const again = await rpc.tokens.create({ user: 'ann', role: 'viewer' });
    expect((await client.call('authenticate', { auth_token: again })).result).toBeDefined();
    rpc.events.append('system.health', { told: 'again' });
    await client.settle();
    expect(client.notifications('event').map(({ params }) => params['data'])).toEqual([{ told: 'again' }]);
  });
});

describe('the first message', () => {
  it('is a hello to a client that asked for the subprotocol', async () => {
    await using rpc = await startRpc();
    const client = await rpc.connect(undefined, ['camera-service.v1']);
    await client.settle();
    expect(client.messages[0]).toEqual({
      jsonrpc: '2.0',
      method: 'hello',
      params: { server_name: 'test', server_version: '0.0.0', protocol_version: '1.0' },
    });
  });

  it('is not sent to a plain client before it speaks', async () => {
    await using rpc = await startRpc();
    const client = await rpc.connect();
    await client.settle();
    expect(client.texts).toHaveLength(1);
  });
});

it('a binary frame is an invalid request', async () => {
  await using rpc = await startRpc();
  const client = await rpc.connect();
  client.socket.send(Buffer.from('{"jsonrpc":"2.0","method":"ping","id":1}'));
  expect((await client.reply(null)).error).toMatchObject({
    code: -32600,
    data: { hint: 'send text frames' },
  });
});

it('rpc.discover describes every method, each time with the same document', async () => {
  await using rpc = await startRpc();
  const client = await rpc.connect();
  const first = await client.call('rpc.discover');
  const methods = (first.result as { methods: { name: string }[] }).methods;
  expect(methods.map(({ name }) => name)).toContain('take_snapshot');
  expect((await client.call('rpc.discover')).result).toEqual(first.result);
});

it('a call learns that its caller is gone', async () => {
  const [started, gone] = [new Gate(), new Gate()];
  await using rpc = await startRpc({
    handlers: {
      get_camera_list: async (_params, { signal }) => {
        signal.addEventListener('abort', () => gone.open());
        started.open();
        await gone.opened;
        return { cameras: [], total: 0, connected: 0 };
      },
    },
  });
  const client = await rpc.connect('viewer');
  client.send('{"jsonrpc":"2.0","id":"x","method":"get_camera_list"}');
  await started.opened;
  client.socket.terminate();
  await gone.opened;
});

it('stop tells of the shutdown, closes with 1001, and may be called twice', async () => {
  await using rpc = await startRpc();
  const client = await rpc.connect('viewer');
  await client.call('subscribe_events', { topics: ['system.*'] });
  rpc.rpc.stop();
  rpc.rpc.stop();
  expect(await client.closed).toEqual({ code: 1001, reason: 'the service shuts down' });
  expect(client.notifications('event').map(({ params }) => params['topic'])).toEqual(['system.shutdown']);
  expect(rpc.rpc.mayAccept('127.0.0.1')).toMatch(/shuts down/);
});

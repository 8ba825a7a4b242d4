import { WebSocket } from 'ws';
import { expect, test } from 'vitest';
import {
  CallTimeoutError,
  CameraServiceClient,
  NotConnectedError,
  RpcCallError,
  type ClientOptions,
  type ConnectionState,
} from '../src/index.ts';
import { RpcFailure, RpcServer } from './rpc-server.ts';

const quickly = { firstMs: 5, maxMs: 20 };

function clientFor(server: { url: string }, options: Partial<ClientOptions> = {}): CameraServiceClient {
  return new CameraServiceClient({ url: server.url, webSocket: WebSocket, backoff: quickly, ...options });
}

function untilState(
  client: CameraServiceClient,
  status: ConnectionState['status'],
): Promise<ConnectionState> {
  return new Promise((resolve) => {
    const forget = client.onState((state) => {
      if (state.status !== status) return;
      forget();
      resolve(state);
    });
  });
}

test('a call is answered with its result, and asks for the subprotocol of the greeting', async () => {
  await using server = await RpcServer.start(() => 'pong');
  await using client = clientFor(server);
  await client.start();
  expect(await client.call('ping')).toBe('pong');
  expect(server.upgrades).toEqual([{ protocol: 'camera-service.v1' }]);
  expect(client.state).toEqual({ status: 'open' });
});

test('a socket is made anew when it is asked for, also where the old one is well', async () => {
  await using server = await RpcServer.start(() => 'pong');
  await using client = clientFor(server, { backoff: { firstMs: 600_000, maxMs: 600_000 } });
  await client.start();
  const reopened = untilState(client, 'open');
  client.reconnect();
  await reopened;
  expect(await client.call('ping')).toBe('pong');
  expect(server.upgrades).toHaveLength(2);
});

test('replies out of order reach their own calls', async () => {
  const held: (() => void)[] = [];
  await using server = await RpcServer.start(({ id, params }, socket) => {
    held.unshift(() => socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: params['device'] })));
    if (held.length === 2) for (const reply of held) reply();
  });
  await using client = clientFor(server);
  await client.start();
  const devices = ['camera0', 'camera1'] as const;
  const replies = await Promise.all(devices.map((device) => client.call('get_camera_status', { device })));
  expect(replies).toEqual(devices);
});

test('an error reply carries code, name and data', async () => {
  await using server = await RpcServer.start(
    () =>
      new RpcFailure(-32010, 'not found: camera7', {
        reason: 'camera',
        details: 'x',
        suggestion: 'look',
        id: 'camera7',
      }),
  );
  await using client = clientFor(server);
  await client.start();
  const error = await client
    .call('get_camera_status', { device: 'camera7' })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RpcCallError);
  expect(error).toMatchObject({
    code: -32010,
    errorName: 'not_found',
    message: 'not found: camera7',
    data: { suggestion: 'look', id: 'camera7' },
  });
});

test('a call without reply ends by its time-out, an aborted one by its reason', async () => {
  await using server = await RpcServer.start(() => undefined);
  await using client = clientFor(server);
  await client.start();
  await expect(client.call('ping', {}, { timeoutMs: 20 })).rejects.toBeInstanceOf(CallTimeoutError);
  const controller = new AbortController();
  const call = client.call('ping', {}, { signal: controller.signal });
  controller.abort(new Error('not needed any more'));
  await expect(call).rejects.toThrow('not needed any more');
});

test('a call under way fails when the socket closes, and one without a socket fails at once', async () => {
  await using server = await RpcServer.start((_request, socket) => socket.terminate());
  await using client = clientFor(server, { backoff: { firstMs: 60_000, maxMs: 60_000 } });
  await client.start();
  await expect(client.call('ping')).rejects.toBeInstanceOf(NotConnectedError);
  expect(client.state.status).toBe('waiting');
  await expect(client.call('ping')).rejects.toBeInstanceOf(NotConnectedError);
});

test('it comes back after the server was away, and presents its token on each socket', async () => {
  const first = await RpcServer.start(() => 'pong');
  const { port } = first;
  await using client = clientFor(first, { token: 'secret' });
  await client.start();
  const waiting = untilState(client, 'waiting');
  await first[Symbol.asyncDispose]();
  expect(await waiting).toMatchObject({ status: 'waiting' });
  const open = untilState(client, 'open');
  await using second = await RpcServer.start(() => 'pong', port);
  await open;
  expect(second.requests.map(({ method, params }) => [method, params])).toEqual([
    ['authenticate', { auth_token: 'secret' }],
  ]);
  expect(await client.call('ping')).toBe('pong');
});

test('a refused token closes for good and says why', async () => {
  await using server = await RpcServer.start(
    () => new RpcFailure(-32001, 'authentication failed: the token is not valid'),
  );
  await using client = clientFor(server, { token: 'wrong' });
  await expect(client.start()).rejects.toThrow('authentication failed: the token is not valid');
  expect(client.state).toMatchObject({ status: 'closed', reason: 'refused by the service' });
});

test('an identity that was ended is not tried again', async () => {
  await using server = await RpcServer.start((_request, socket) => socket.close(4401, 'the key was revoked'));
  await using client = clientFor(server);
  await client.start();
  const closed = untilState(client, 'closed');
  await expect(client.call('ping')).rejects.toBeInstanceOf(NotConnectedError);
  expect(await closed).toEqual({ status: 'closed', reason: 'the key was revoked' });
});

test('a socket that is open but silent is replaced', async () => {
  let isDeaf = true;
  await using server = await RpcServer.start(() => (isDeaf ? undefined : 'pong'));
  await using client = clientFor(server, { heartbeatMs: 20 });
  await client.start();
  client.onState(() => {
    isDeaf = false;
  });
  await untilState(client, 'open');
  expect(server.upgrades).toHaveLength(2);
});

test('start ends when it is aborted while the server is unreachable', async () => {
  const gone = await RpcServer.start(() => 'pong');
  const { url } = gone;
  await gone[Symbol.asyncDispose]();
  await using client = clientFor({ url });
  const controller = new AbortController();
  const started = client.start(controller.signal);
  await untilState(client, 'waiting');
  controller.abort(new Error('enough'));
  await expect(started).rejects.toThrow('enough');
});

test('stop is final, and may be called twice', async () => {
  await using server = await RpcServer.start(() => 'pong');
  const client = clientFor(server);
  await client.start();
  await client.stop();
  await client.stop();
  expect(client.state).toEqual({ status: 'closed', reason: 'stopped' });
  await expect(client.call('ping')).rejects.toBeInstanceOf(NotConnectedError);
});

import { WebSocket } from 'ws';
import { expect, test } from 'vitest';
import { CameraServiceClient, type NotificationParams } from '../src/index.ts';
import { RpcServer, type Request } from './rpc-server.ts';

type Event = NotificationParams<'event'>;

const time = '2026-01-01T00:00:00.000Z';

function eventOf(seq: number): Event {
  return { seq, topic: 'snapshot.taken', time, data: {} };
}

function clientFor(server: RpcServer): CameraServiceClient {
  return new CameraServiceClient({
    url: server.url,
    webSocket: WebSocket,
    backoff: { firstMs: 5, maxMs: 20 },
  });
}

/** Collects events, and resolves `until(n)` when n are there. */
function collect(client: CameraServiceClient): { events: Event[]; until: (count: number) => Promise<void> } {
  const events: Event[] = [];
  let check: (() => void) | undefined;
  client.on('event', (event) => {
    events.push(event);
    check?.();
  });
  return {
    events,
    until: (count) =>
      new Promise((resolve) => {
        check = () => events.length >= count && resolve();
        check();
      }),
  };
}

function untilOpen(client: CameraServiceClient): Promise<void> {
  return new Promise((resolve) => {
    client.onState(({ status }) => status === 'open' && resolve());
  });
}

/** A log of numbered events that replays what a subscriber missed, after the reply. */
function logAnswering(log: { newest: number }) {
  return ({ id, method, params }: Request, socket: WebSocket): unknown => {
    if (method !== 'subscribe_events') return { unsubscribed: true, topics: [] };
    socket.send(
      JSON.stringify({
        jsonrpc: '2.0',
        id,
        result: { subscribed: true, topics: params['topics'], seq: log.newest },
      }),
    );
    const after = params['after_seq'];
    if (typeof after !== 'number') return undefined;
    for (let seq = after + 1; seq <= log.newest; seq += 1) {
      socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'event', params: eventOf(seq) }));
    }
    return undefined;
  };
}

test('notifications reach their listeners, until these are taken away', async () => {
  await using server = await RpcServer.start(() => 'pong');
  await using client = clientFor(server);
  await client.start();
  const heard: string[] = [];
  const forget = client.on('hello', ({ server_name }) => heard.push(server_name));
  const hello = { server_name: 'one', server_version: '1', protocol_version: '1.0' };
  server.notify('hello', hello);
  await client.call('ping');
  forget();
  server.notify('hello', { ...hello, server_name: 'two' });
  await client.call('ping');
  expect(heard).toEqual(['one']);
  expect(client.server?.server_name).toBe('two');
});

test('after a reconnect every event between is replayed once', async () => {
  const log = { newest: 4 };
  await using server = await RpcServer.start(logAnswering(log));
  await using client = clientFor(server);
  const { events, until } = collect(client);
  await client.start();
  const filters = { device: 'camera0' };
  await client.subscribe(['snapshot.taken'], { filters, afterSeq: 2 });
  await client.subscribe(['*']);
  await until(2);
  log.newest = 7;
  const open = untilOpen(client);
  for (const socket of server.sockets) socket.terminate();
  await open;
  await until(5);
  expect(events.map((event) => 'seq' in event && event.seq)).toEqual([3, 4, 5, 6, 7]);
  expect(server.requests.map(({ params }) => params)).toEqual([
    { topics: ['snapshot.taken'], filters, after_seq: 2 },
    { topics: ['*'] },
    { topics: ['snapshot.taken'], filters, after_seq: 4 },
    { topics: ['*'], after_seq: 4 },
  ]);
  expect(client.lastSeq).toBe(7);
});

test('a socket that breaks during the replay continues from the last event that arrived', async () => {
  let sockets = 0;
  await using server = await RpcServer.start(({ id }, socket) => {
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: { subscribed: true, topics: ['*'], seq: 9 } }));
    socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'event', params: eventOf(6 + sockets) }));
    sockets += 1;
    if (sockets < 3) socket.close();
  });
  await using client = clientFor(server);
  const { until } = collect(client);
  await client.start();
  await client.subscribe(['*'], { afterSeq: 5 });
  await until(3);
  expect(server.requests.map(({ params }) => params['after_seq'])).toEqual([5, 6, 7]);
});

test('a gap that the server tells is heard like an event', async () => {
  await using server = await RpcServer.start(() => ({ subscribed: true, topics: ['*'], seq: 9 }));
  await using client = clientFor(server);
  const { events, until } = collect(client);
  await client.start();
  await client.subscribe(['*'], { afterSeq: 1 });
  server.notify('event', { gap: { from: 2, to: 8 } });
  await until(1);
  expect(events).toEqual([{ gap: { from: 2, to: 8 } }]);
});

test('a server with a younger log is told as a gap, not waited for', async () => {
  const log = { newest: 40 };
  await using server = await RpcServer.start(logAnswering(log));
  await using client = clientFor(server);
  const { events, until } = collect(client);
  await client.start();
  await client.subscribe(['*']);
  log.newest = 3;
  for (const socket of server.sockets) socket.terminate();
  await until(1);
  expect(events).toEqual([{ gap: { from: 1, to: 3 } }]);
  server.notify('event', eventOf(4));
  await until(2);
  expect(client.lastSeq).toBe(4);
});

test('what is unsubscribed stays so after a reconnect, and topics of another subscription are kept', async () => {
  await using server = await RpcServer.start(logAnswering({ newest: 1 }));
  await using client = clientFor(server);
  await client.start();
  const first = await client.subscribe(['camera.*', 'recording.stop']);
  await client.subscribe(['camera.*']);
  await first.unsubscribe();
  await first.unsubscribe();
  const open = untilOpen(client);
  for (const socket of server.sockets) socket.terminate();
  await open;
  expect(server.requests.slice(2).map(({ method, params }) => [method, params['topics']])).toEqual([
    ['unsubscribe_events', ['recording.stop']],
    ['subscribe_events', ['camera.*']],
  ]);
});

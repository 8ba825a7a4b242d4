import { Service, type RawClient, type RawNotification } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Event {
  seq: number;
  topic: string;
  time: string;
  data: Record<string, unknown>;
}

const device = 'camera0';
let service: Service;
beforeAll(async () => {
  service = await Service.start();
});
afterAll(async () => service?.[Symbol.asyncDispose]());

const eventsOf = (client: RawClient) =>
  client.notifications('event').map(({ params }) => params as unknown as Event);
const numbersOf = (client: RawClient) => eventsOf(client).map(({ seq }) => seq);
const namesOf = (client: RawClient) => eventsOf(client).map(({ data }) => data['filename']);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

async function snap(client: RawClient, count: number): Promise<unknown[]> {
  const names: unknown[] = [];
  for (let at = 0; at < count; at++)
    names.push((await client.result('take_snapshot', { device }))['filename']);
  return names;
}

async function untilSeq(client: RawClient, seq: number): Promise<void> {
  await client.until(() => numbersOf(client).includes(seq), `event ${seq}`);
}

test('a client that lost its connection is told what it missed, nothing twice and nothing not at all', async () => {
  await using actor = await service.rawClient('operator');
  await using first = await service.rawClient('viewer');
  const { seq: begin } = await first.result<{ seq: number }>('subscribe_events', { topics: ['*'] });
  await snap(actor, 3);
  await first.until(() => eventsOf(first).filter(({ topic }) => topic === 'snapshot.taken').length === 3);
  const last = numbersOf(first).at(-1)!;
  expect(numbersOf(first)).toEqual(range(begin + 1, last));

  first.socket.terminate();
  await first.closed;
  await snap(actor, 3);
  // Some come while the replay is under way.
  await using second = await service.rawClient('viewer');
  const [resumed] = await Promise.all([
    second.result<{ seq: number }>('subscribe_events', { topics: ['*'], after_seq: last }),
    snap(actor, 3),
  ]);
  expect(resumed.seq).toBeGreaterThan(last);
  await second.until(() => eventsOf(second).filter(({ topic }) => topic === 'snapshot.taken').length === 6);
  expect(numbersOf(second)).toEqual(range(last + 1, numbersOf(second).at(-1)!));
  for (const { time, data } of eventsOf(second)) {
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(data).toEqual(expect.any(Object));
  }
});

test('the numbers go on without a hole over a stop, a kill, and the starts after them', async () => {
  // The run's own MediaMTX is taken already.
  await using own = await Service.start({ mediamtx: 'managed' });
  const before = await own.rawClient('operator');
  await snap(before, 2);
  await before.result('subscribe_events', { topics: ['*'], after_seq: 0 });
  await before.until(() => eventsOf(before).filter(({ topic }) => topic === 'snapshot.taken').length === 2);
  await own.stop();
  await before.closed;
  const last = numbersOf(before).at(-1)!;
  expect(eventsOf(before).at(-1)).toMatchObject({ topic: 'system.shutdown' });
  expect(numbersOf(before)).toEqual(range(1, last));

  await own.startAgain();
  await own.kill();
  await own.startAgain();
  await using after = await own.rawClient('viewer');
  const { seq } = await after.result<{ seq: number }>('subscribe_events', { topics: ['*'], after_seq: last });
  await untilSeq(after, seq);
  expect(numbersOf(after)).toEqual(range(last + 1, numbersOf(after).at(-1)!));
  expect(eventsOf(after).filter(({ topic }) => topic === 'system.startup')).toHaveLength(2);
});

test('a number that the log does not have yet replays nothing and loses nothing', async () => {
  await using client = await service.rawClient('operator');
  const { seq } = await client.result<{ seq: number }>('subscribe_events', {
    topics: ['snapshot.*'],
    after_seq: 1_000_000,
  });
  const names = await snap(client, 2);
  await client.until(() => eventsOf(client).length >= 2);
  expect(namesOf(client)).toEqual(names);
  expect(numbersOf(client)[0]).toBeGreaterThan(seq);
});

describe('filters', () => {
  test('keep what does not match away, by payload and by time, in the replay too', async () => {
    await using client = await service.rawClient('operator');
    const topics = ['snapshot.taken'];
    await client.result('take_snapshot', { device, filename: 'wanted' });
    await snap(client, 1);
    await client.result('subscribe_events', { topics, filters: { filename: 'wanted.jpg' }, after_seq: 0 });
    await client.until(() => namesOf(client).length > 0);
    await snap(client, 1);
    // Whatever the snapshot caused is told before the next reply.
    await client.call('ping');
    expect(namesOf(client)).toEqual(['wanted.jpg']);

    await client.result('unsubscribe_events');
    const { total } = await client.result<{ total: number }>('list_snapshots');
    const before = { timestamp_before: new Date().toISOString() };
    await client.result('subscribe_events', { topics, filters: before, after_seq: 0 });
    await client.until(() => namesOf(client).length === 1 + total);
    await snap(client, 1);
    await client.call('ping');
    expect(namesOf(client)).toHaveLength(1 + total);
  });

  test('and topics that do not exist are refused by name', async () => {
    await using client = await service.rawClient('viewer');
    const { error } = await client.call('subscribe_events', { topics: ['camera.*', 'camera.exploded'] });
    expect(error).toMatchObject({ code: -32602, data: { rule: 'unknown_topic' } });
    expect(error!.message).toContain('camera.exploded');
    const wrongTime = await client.call('subscribe_events', {
      topics: ['*'],
      filters: { timestamp_after: 'noon' },
    });
    expect(wrongTime.error).toMatchObject({ code: -32602, data: { param: 'filters.timestamp_after' } });
    expect(await client.result('get_subscription_stats')).toMatchObject({ client_topics: [] });
  });

  test('a second subscription adds, and unsubscribing leaves no count behind', async () => {
    await using client = await service.rawClient('viewer');
    await client.result('subscribe_events', { topics: ['camera.*'] });
    await client.result('subscribe_events', { topics: ['camera.*', 'snapshot.taken'] });
    const { client_topics: topics } = await client.result<{ client_topics: string[] }>(
      'get_subscription_stats',
    );
    expect(topics.sort()).toEqual(['camera.*', 'snapshot.taken']);
    await client.result('unsubscribe_events');
    expect(await client.result('get_subscription_stats')).toMatchObject({ client_topics: [] });
  });
});

test('the reply to a call comes before what the call caused', async () => {
  await using client = await service.rawClient('operator');
  await client.result('subscribe_events', {
    topics: ['*', 'camera_status_update', 'recording_status_update'],
  });
  for (const [method, topic] of [
    ['take_snapshot', 'snapshot.taken'],
    ['stop_recording', 'recording.stop'],
  ] as const) {
    if (method === 'stop_recording') {
      await client.result('start_recording', { device });
      await client.notified('event', (params) => params['topic'] === 'recording.start');
    }
    const { length } = client.messages;
    const { result } = await client.call(method, { device });
    const { filename } = result as { filename: string };
    await client.notified(
      'event',
      (params) => params['topic'] === topic && (params['data'] as Event['data'])['filename'] === filename,
    );
    const since = client.messages.slice(length) as Partial<RawNotification & { result: object }>[];
    const tellsOfIt = (message: (typeof since)[number]) => JSON.stringify(message).includes(filename);
    expect(since.find(tellsOfIt), method).toHaveProperty('result');
  }
});

test('a client that never subscribed is told the states of cameras and recordings, and nothing before it has logged in', async () => {
  await using old = await service.rawClient('operator');
  await using stranger = await service.rawClient();
  await using quiet = await service.rawClient('viewer');
  await quiet.result('subscribe_events', { topics: ['system.error'] });
  await old.result('start_recording', { device: 'camera0' });
  await old.notified('recording_status_update', ({ status }) => status === 'STARTED');
  await old.result('stop_recording', { device: 'camera0' });
  await old.notified('recording_status_update', ({ status }) => status === 'STOPPED');
  await old.notified('camera_status_update', (params) => params['device'] === device);
  expect(old.notifications('event')).toEqual([]);
  for (const other of [stranger, quiet]) {
    await other.call('ping');
    expect(other.messages.filter((message) => 'method' in message)).toEqual([]);
  }
});

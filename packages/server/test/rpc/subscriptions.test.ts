import { eventTopics, stateNotifications } from '@mediamtx-camera-service/protocol';
import { describe, expect, it } from 'vitest';
import { Subscriptions, type Filters } from '../../src/rpc/subscriptions.ts';
import { startRpc } from './harness/rpc-harness.ts';

const newestSeq = 10;

function subscribed(...topics: string[]): Subscriptions {
  const subscriptions = new Subscriptions();
  subscriptions.add({ topics, newestSeq });
  return subscriptions;
}

function heard(subscriptions: Subscriptions): string[] {
  return [...eventTopics, ...stateNotifications].filter((topic) =>
    subscriptions.wants({ topic, time: 0, payload: {}, seq: newestSeq + 1 }),
  );
}

function wants(filters: Filters, payload: Record<string, unknown>, time = 0): boolean {
  const subscriptions = new Subscriptions();
  subscriptions.add({ topics: ['*'], filters, newestSeq });
  return subscriptions.wants({ topic: 'camera.connected', time, payload });
}

describe('topics', () => {
  it('are names, groups, or all', () => {
    expect(heard(subscribed('camera.connected'))).toEqual(['camera.connected']);
    expect(heard(subscribed('recording.*'))).toEqual(
      eventTopics.filter((topic) => topic.startsWith('recording.')),
    );
    expect(heard(subscribed('*'))).toEqual([...eventTopics, ...stateNotifications]);
    expect(heard(subscribed('system_health_update'))).toEqual(['system_health_update']);
    expect(heard(new Subscriptions())).toEqual([]);
  });

  it('add up, and are never there twice', () => {
    const subscriptions = subscribed('camera.connected');
    subscriptions.add({ topics: ['camera.connected', 'snapshot.taken'], newestSeq });
    expect(subscriptions.topics).toEqual(['camera.connected', 'snapshot.taken']);
    for (let i = 0; i < 100; i++) subscriptions.add({ topics: ['snapshot.taken'], newestSeq });
    for (let i = 0; i < 100; i++) subscriptions.add({ topics: ['snapshot.taken'], afterSeq: 3, newestSeq });
    expect([subscriptions.size, subscriptions.topics.length]).toEqual([2, 2]);
  });

  it('can be taken away one by one, by group, out of a group, and all', () => {
    const subscriptions = subscribed('camera.*', 'recording.start');
    expect(subscriptions.remove(['recording.start'])).toEqual(['recording.start']);
    subscriptions.remove(['camera.connected']);
    expect(heard(subscriptions)).toEqual(
      eventTopics.filter((topic) => topic.startsWith('camera.') && topic !== 'camera.connected'),
    );
    subscriptions.remove(['camera.*']);
    expect(subscriptions.isEmpty).toBe(true);
    expect(subscribed('*', 'camera.connected').remove()).toEqual(['*', 'camera.connected']);
  });
});

describe('filters', () => {
  it.each([
    [{ device: 'camera0' }, { device: 'camera0', more: 1 }, true],
    [{ device: 'camera0' }, { device: 'camera1' }, false],
    [{ device: 'camera0' }, {}, false],
    [{ device: 'camera0', n: 1 }, { device: 'camera0', n: 2 }, false],
    [{ n: 1 }, { n: '1' }, false],
    [{ flag: false }, { flag: false }, true],
    [{ reason: null }, { reason: null }, true],
    [{ reason: null }, {}, false],
    [{ constructor: 'x' }, {}, false],
    [{}, {}, true],
  ])('%j on %j: %s', (filters, payload, isWanted) => {
    expect(wants(filters as unknown as Filters, payload)).toBe(isWanted);
  });

  it('know times', () => {
    const time = Date.parse('2026-03-04T05:06:07.000Z');
    expect(wants({ timestamp_after: '2026-03-04T05:06:06.999Z' }, {}, time)).toBe(true);
    expect(wants({ timestamp_after: '2026-03-04T05:06:07.000Z' }, {}, time)).toBe(false);
    expect(wants({ timestamp_before: '2026-03-04T06:06:07.001+01:00' }, {}, time)).toBe(true);
    expect(wants({ timestamp_before: '2026-03-04T05:06:07.000Z' }, {}, time)).toBe(false);
  });

  it('of two subscriptions let pass what either does', () => {
    const subscriptions = new Subscriptions();
    for (const device of ['camera0', 'camera1']) {
      subscriptions.add({ topics: ['camera.*'], filters: { device }, newestSeq });
    }
    const devices = ['camera0', 'camera1', 'camera2'].filter((device) =>
      subscriptions.wants({ topic: 'camera.connected', time: 0, payload: { device } }),
    );
    expect(devices).toEqual(['camera0', 'camera1']);
    expect(subscriptions.topics).toEqual(['camera.*']);
  });
});

describe('over the wire', () => {
  it('an event comes as it is in the log, once', async () => {
    await using rpc = await startRpc({ now: () => Date.parse('2026-03-04T05:06:07.890Z') });
    const client = await rpc.connect('viewer');
    const { result } = await client.call('subscribe_events', {
      topics: ['camera.*', 'camera.connected', '*'],
    });
    expect(result).toEqual({ subscribed: true, topics: ['camera.*', 'camera.connected', '*'], seq: 0 });
    rpc.events.append('camera.connected', { name: 'Door' }, 'camera0');
    await client.settle();
    expect(client.notifications()).toEqual([
      {
        jsonrpc: '2.0',
        method: 'event',
        params: {
          seq: 1,
          topic: 'camera.connected',
          time: '2026-03-04T05:06:07.890Z',
          data: { device: 'camera0', name: 'Door' },
        },
      },
    ]);
  });

  it('filters choose, and a bad time in them is refused', async () => {
    await using rpc = await startRpc();
    const client = await rpc.connect('viewer');
    await client.call('subscribe_events', { topics: ['camera.*'], filters: { device: 'camera1' } });
    const bad = await client.call('subscribe_events', {
      topics: ['*'],
      filters: { timestamp_after: 'soon' },
    });
    expect(bad.error).toMatchObject({
      code: -32602,
      data: { param: 'filters.timestamp_after', rule: 'pattern' },
    });
    for (const device of ['camera0', 'camera1']) rpc.events.append('camera.connected', {}, device);
    await client.settle();
    expect(client.eventNumbers).toEqual([2]);
  });

  it('unsubscribed is silent', async () => {
    await using rpc = await startRpc();
    const client = await rpc.connect('viewer');
    await client.call('subscribe_events', { topics: ['*'] });
    expect((await client.call('unsubscribe_events')).result).toEqual({ unsubscribed: true, topics: ['*'] });
    rpc.events.append('system.health', {});
    await client.settle();
    expect(client.notifications()).toEqual([]);
  });

  it('the numbers of subscriptions are true, also after clients are gone', async () => {
    await using rpc = await startRpc();
    const [first, second] = [await rpc.connect('viewer'), await rpc.connect('viewer')];
    await first.call('subscribe_events', { topics: ['camera.*', 'recording.start'] });
    for (let i = 0; i < 3; i++) await second.call('subscribe_events', { topics: ['camera.*'] });
    const { result } = await first.call('get_subscription_stats');
    expect(result).toEqual({
      global_stats: {
        total_subscriptions: 3,
        active_clients: 2,
        topic_counts: { 'camera.*': 2, 'recording.start': 1 },
      },
      client_topics: ['camera.*', 'recording.start'],
      client_id: expect.any(String),
    });
    second.socket.close();
    while (rpc.sessions.size > 1) await first.settle();
    await first.call('unsubscribe_events', { topics: ['recording.*'] });
    expect((await first.call('get_subscription_stats')).result).toMatchObject({
      global_stats: { total_subscriptions: 1, active_clients: 1, topic_counts: { 'camera.*': 1 } },
    });
  });

  it('subscriptions of one connection are bounded', async () => {
    await using rpc = await startRpc();
    const client = await rpc.connect('viewer');
    const subscribe = (n: number) => client.call('subscribe_events', { topics: ['*'], filters: { n } });
    for (let n = 0; n < 64; n++) expect((await subscribe(n)).error).toBeUndefined();
    expect((await subscribe(64)).error).toMatchObject({
      code: -32602,
      data: { param: 'filters', rule: 'max' },
    });
  });

  it('a POST can not subscribe', async () => {
    await using rpc = await startRpc();
    const { error } = await rpc.call('subscribe_events', { topics: ['*'] }, 'viewer');
    expect(error).toMatchObject({ code: -32030, data: { reason: 'no_connection' } });
  });
});

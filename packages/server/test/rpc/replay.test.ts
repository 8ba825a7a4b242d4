import { pino } from 'pino';
import { expect, it } from 'vitest';
import { EventLog, type StoredEvent } from '../../src/events/event-log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { identityOf, startRpc } from './harness/rpc-harness.ts';

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

it('tells what was missed, after the reply and in order, then goes on live', async () => {
  await using rpc = await startRpc();
  for (let i = 1; i <= 5; i++) rpc.events.append('system.health', { i });
  const client = await rpc.connect('viewer');
  const { result } = await client.call('subscribe_events', { topics: ['*'], after_seq: 2 });
  expect(result).toMatchObject({ seq: 5 });
  await client.until(() => client.eventNumbers.length === 3);
  expect(client.messages.map(({ method }) => method)).toEqual([
    undefined,
    undefined,
    'event',
    'event',
    'event',
  ]);
  rpc.events.append('system.health', {});
  await client.until(() => client.eventNumbers.length === 4);
  expect(client.eventNumbers).toEqual([3, 4, 5, 6]);
});

it('has no hole and no duplicate while events keep coming', async () => {
  await using rpc = await startRpc();
  for (let i = 0; i < 2_000; i++) rpc.events.append('system.health', {});
  const client = await rpc.connect('viewer');
  void client.call('subscribe_events', { topics: ['*'], after_seq: 0 });
  for (let seen = 0; rpc.events.seq < 4_000; seen = client.texts.length) {
    for (let i = 0; i < 50 && rpc.events.seq < 4_000; i++)
      rpc.events.append('camera.connected', {}, 'camera0');
    await client.until(() => client.texts.length > seen);
  }
  await client.until(() => client.eventNumbers.at(-1) === 4_000);
  expect(client.eventNumbers).toEqual(range(1, 4_000));
});

it('has no hole where an event comes at the very moment of its end', async () => {
  /** Appends in each of the moments that follow a read. */
  class BusyLog extends EventLog {
    override read(afterSeq: number, limit: number): StoredEvent[] {
      const page = super.read(afterSeq, limit);
      let moment = Promise.resolve();
      for (let i = 0; i < 8; i++) moment = moment.then(() => this.append('system.health', { i }));
      return page;
    }
  }
  const events = new BusyLog({ db: openDatabase(':memory:'), log: pino({ level: 'silent' }) });
  await using rpc = await startRpc({ events });
  const client = await rpc.connect('viewer');
  await client.call('subscribe_events', { topics: ['*'], after_seq: 0 });
  await client.until(() => client.eventNumbers.length === 8);
  expect(client.eventNumbers).toEqual(range(1, 8));
});

it('that fails says the rest as a gap, and events go on live', async () => {
  class BrokenLog extends EventLog {
    override read(): StoredEvent[] {
      throw new Error('the disk is broken');
    }
  }
  const events = new BrokenLog({ db: openDatabase(':memory:'), log: pino({ level: 'silent' }) });
  for (let i = 0; i < 3; i++) events.append('system.health', {});
  await using rpc = await startRpc({ events });
  const client = await rpc.connect('viewer');
  await client.call('subscribe_events', { topics: ['*'], after_seq: 1 });
  await client.until(() => client.eventNumbers.length === 1);
  events.append('system.health', {});
  await client.until(() => client.eventNumbers.length === 2);
  expect(client.eventNumbers).toEqual(['2-3', 4]);
});

it('delays nobody: calls are answered in the midst of a long one', async () => {
  await using rpc = await startRpc();
  for (let i = 0; i < 5_000; i++) rpc.events.append('system.health', {});
  const [client, other] = [await rpc.connect('viewer'), await rpc.connect('viewer')];
  await client.call('subscribe_events', { topics: ['*'], after_seq: 0 });
  await client.settle();
  expect(client.eventNumbers.length).toBeLessThan(5_000);
  await other.settle();
  await client.until(() => client.eventNumbers.at(-1) === 5_000);
  expect(client.eventNumbers).toEqual(range(1, 5_000));
});

it('says what is pruned as a gap', async () => {
  const db = openDatabase(':memory:');
  const events = new EventLog({ db, log: pino({ level: 'silent' }) });
  for (let i = 0; i < 20; i++) events.append('system.health', {});
  db.exec('DELETE FROM events WHERE seq <= 10 OR seq BETWEEN 14 AND 15');
  await using rpc = await startRpc({ events });
  const client = await rpc.connect('viewer');
  await client.call('subscribe_events', { topics: ['*'], after_seq: 4 });
  await client.until(() => client.eventNumbers.at(-1) === 20);
  expect(client.eventNumbers).toEqual(['5-10', 11, 12, 13, '14-15', ...range(16, 20)]);
});

it('says a gap that reaches to the newest', async () => {
  const db = openDatabase(':memory:');
  const events = new EventLog({ db, log: pino({ level: 'silent' }) });
  for (let i = 0; i < 5; i++) events.append('system.health', {});
  db.exec('DELETE FROM events WHERE seq > 3');
  await using rpc = await startRpc({ events });
  const client = await rpc.connect('viewer');
  await client.call('subscribe_events', { topics: ['*'], after_seq: 2 });
  await client.until(() => client.eventNumbers.length === 2);
  expect(client.eventNumbers).toEqual([3, '4-5']);
});

it('tells what topics, filters and rights let pass, and no more', async () => {
  await using rpc = await startRpc({ upgradeIdentity: identityOf('viewer', { cameras: ['camera0'] }) });
  for (const device of ['camera0', 'camera1', 'camera0']) rpc.events.append('camera.connected', {}, device);
  rpc.events.append('snapshot.taken', {}, 'camera0');
  const client = await rpc.connect();
  await client.call('subscribe_events', { topics: ['camera.*'], after_seq: 0 });
  rpc.events.append('camera.disconnected', {}, 'camera0');
  await client.until(() => client.eventNumbers.at(-1) === 5);
  expect(client.eventNumbers).toEqual([1, 3, 5]);
});

it('of one topic does not tell another one twice', async () => {
  await using rpc = await startRpc();
  const client = await rpc.connect('viewer');
  await client.call('subscribe_events', { topics: ['camera.*'] });
  rpc.events.append('camera.connected', {}, 'camera0');
  rpc.events.append('snapshot.taken', {}, 'camera0');
  await client.until(() => client.eventNumbers.length === 1);
  await client.call('subscribe_events', { topics: ['snapshot.*'], after_seq: 0 });
  await client.until(() => client.eventNumbers.length === 2);
  rpc.events.append('camera.disconnected', {}, 'camera0');
  await client.until(() => client.eventNumbers.length === 3);
  expect(client.eventNumbers).toEqual([1, 2, 3]);
});

it('goes on when a second subscribe without after_seq comes in between', async () => {
  await using rpc = await startRpc();
  for (let i = 0; i < 1_000; i++) rpc.events.append('system.health', {});
  const client = await rpc.connect('viewer');
  void client.call('subscribe_events', { topics: ['system.*'], after_seq: 0 });
  await client.until(() => client.eventNumbers.length > 0);
  await client.call('subscribe_events', { topics: ['system.*', 'camera.*'] });
  await client.until(() => client.eventNumbers.at(-1) === 1_000);
  expect(client.eventNumbers).toEqual(range(1, 1_000));
});

it('asked for anew begins anew', async () => {
  await using rpc = await startRpc();
  for (let i = 0; i < 3; i++) rpc.events.append('system.health', {});
  const client = await rpc.connect('viewer');
  for (const after_seq of [0, 1]) {
    const before = client.eventNumbers.length;
    await client.call('subscribe_events', { topics: ['*'], after_seq });
    await client.until(() => client.eventNumbers.length === before + 3 - after_seq);
  }
  expect(client.eventNumbers).toEqual([1, 2, 3, 2, 3]);
});

it('from a number that was never given tells nothing and goes on live', async () => {
  await using rpc = await startRpc();
  rpc.events.append('system.health', {});
  const client = await rpc.connect('viewer');
  const { result } = await client.call('subscribe_events', { topics: ['*'], after_seq: 1_000 });
  expect(result).toMatchObject({ seq: 1 });
  rpc.events.append('system.health', {});
  await client.until(() => client.eventNumbers.length === 1);
  expect(client.eventNumbers).toEqual([2]);
});

it('ends when the topics are taken away or the client is gone', async () => {
  await using rpc = await startRpc();
  for (let i = 0; i < 3_000; i++) rpc.events.append('system.health', {});
  const [client, other] = [await rpc.connect('viewer'), await rpc.connect('viewer')];
  await client.call('subscribe_events', { topics: ['*'], after_seq: 0 });
  await client.call('unsubscribe_events');
  const count = client.eventNumbers.length;
  rpc.events.append('system.health', {});
  await client.settle();
  await client.settle();
  expect(client.eventNumbers).toHaveLength(count);
  await other.call('subscribe_events', { topics: ['*'], after_seq: 0 });
  other.socket.terminate();
  await client.settle();
});

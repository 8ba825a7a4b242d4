import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { NotificationParams } from '@mediamtx-camera-service/protocol';
import { expect, it } from 'vitest';
import type { WireClient } from './harness/client.ts';
import { startRpc, type Harness } from './harness/rpc-harness.ts';

const padding = 'x'.repeat(4 * 1024);
const congestedBytes = 64 * 1024;
const eventCount = 3_000;

/** What the server has for the client and could not give to the kernel. */
function unsentBytes({ server }: Harness): number {
  return Math.max(...[...server.clients].map((socket) => socket.bufferedAmount));
}

/** Every number from the first to the last, those in gaps written out. */
function covered(client: WireClient): number[] {
  return client.eventNumbers.flatMap((entry) => {
    if (typeof entry === 'number') return entry;
    const [from, to] = entry.split('-').map(Number) as [number, number];
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

function progress(duration: number): NotificationParams<'recording_status_update'> {
  return { device: 'camera0', status: 'STARTED', filename: padding, duration, session_id: 's', reason: null };
}

it('a client that does not read delays nobody, and hears the newest states and a gap when it reads again', async () => {
  await using rpc = await startRpc({ outboxLimits: { congestedBytes } });
  const [slow, other] = [await rpc.connect('viewer'), await rpc.connect('viewer')];
  for (const client of [slow, other]) {
    await client.call('subscribe_events', { topics: ['recording.progress', 'recording_status_update'] });
  }
  slow.socket.pause();
  for (let seen = 0; rpc.events.seq < eventCount;) {
    for (let i = 0; i < 10; i++) {
      rpc.events.append('recording.progress', { padding });
      rpc.notifier.notify('recording_status_update', progress(rpc.events.seq), 'camera0');
    }
    seen += 10;
    await other.until(() => other.eventNumbers.at(-1) === seen);
    expect(unsentBytes(rpc)).toBeLessThan(congestedBytes + 2 * padding.length);
  }
  expect(other.eventNumbers).toEqual(Array.from({ length: eventCount }, (_, i) => i + 1));

  const pings = Array.from({ length: 50 }, () => slow.call('ping'));
  slow.socket.resume();
  for (const reply of await Promise.all(pings)) expect(reply.result).toBe('pong');
  await slow.until(() => slow.eventNumbers.at(-1) === eventCount);
  expect(slow.eventNumbers.filter((entry) => typeof entry === 'string')).toHaveLength(1);
  expect(covered(slow)).toEqual(other.eventNumbers);
  const durations = slow
    .notifications('recording_status_update')
    .map(({ params }) => Number(params['duration']));
  expect(durations.at(-1)).toBe(eventCount);
  expect(durations).toEqual(durations.toSorted((a, b) => a - b));
  expect(durations.length).toBeLessThan(eventCount);

  const before = slow.eventNumbers.length;
  rpc.events.append('recording.progress', {});
  await slow.until(() => slow.eventNumbers.length > before);
});

it('the newest state of every camera waits for a client that does not read', async () => {
  await using rpc = await startRpc({ outboxLimits: { congestedBytes } });
  const slow = await rpc.connect('viewer');
  slow.socket.pause();
  const devices = ['camera0', 'camera1', 'camera2'];
  for (let round = 0; round < 500; round++) {
    for (const device of devices) {
      rpc.notifier.notify('recording_status_update', { ...progress(round), device }, device);
    }
  }
  slow.socket.resume();
  const newest = () =>
    devices.map((device) => slow.notifications().findLast(({ params }) => params['device'] === device));
  await slow.until(() => newest().every((message) => message?.params['duration'] === 499));
  expect(slow.notifications().length).toBeLessThan(1_500);
});

it('a client that asks and never reads is closed with a reason', async () => {
  await using rpc = await startRpc({
    outboxLimits: { maxReplyBytes: 1024 * 1024 },
    handlers: {
      get_camera_capabilities: ({ device }) => ({
        device,
        formats: Array.from({ length: 64 }, () => padding),
        resolutions: [],
        fps_options: [],
        modes: [],
        validation_status: 'NONE',
      }),
    },
  });
  const slow = await rpc.connect('viewer');
  const [socket] = rpc.server.clients;
  slow.socket.pause();
  const request =
    '{"jsonrpc":"2.0","id":"big","method":"get_camera_capabilities","params":{"device":"camera0"}}';
  const isGone = once(socket!, 'close');
  while (socket!.readyState === socket!.OPEN) {
    slow.send(request);
    await setImmediate();
  }
  expect(socket!.bufferedAmount).toBeLessThan(4 * 1024 * 1024);
  slow.socket.resume();
  expect(await slow.closed).toEqual({ code: 1008, reason: 'too slow: too many replies are unread' });
  await isGone;
  expect(rpc.sessions.size).toBe(0);
});

it('a replay goes at the pace of its reader and has no gap', async () => {
  await using rpc = await startRpc({ outboxLimits: { congestedBytes } });
  for (let i = 0; i < eventCount; i++) rpc.events.append('recording.progress', { padding });
  const slow = await rpc.connect('viewer');
  await slow.call('subscribe_events', { topics: ['*'], after_seq: 0 });
  slow.socket.pause();
  const other = await rpc.connect('viewer');
  for (let i = 0; i < 200; i++) await other.settle();
  // One chunk may stand in the queue of the outbox, nothing more.
  expect(unsentBytes(rpc)).toBeLessThan(congestedBytes + 2 * padding.length);
  rpc.events.append('recording.progress', {});
  slow.socket.resume();
  await slow.until(() => slow.eventNumbers.at(-1) === eventCount + 1);
  expect(slow.eventNumbers).toEqual(Array.from({ length: eventCount + 1 }, (_, i) => i + 1));
});

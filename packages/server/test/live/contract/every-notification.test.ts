import { isDeepStrictEqual } from 'node:util';
import { eventTopics, notifications, type NotificationName } from '@mediamtx-camera-service/protocol';
import { until } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SocketCaller } from './callers.ts';
import { bearer, makeToken, World } from './world.ts';

type Told = SocketCaller['notifications'][number];

let world: World;
let listener: SocketCaller;
beforeAll(async () => {
  world = await World.create();
  listener = await SocketCaller.open(world.service, bearer(makeToken('viewer')));
  await listener.call('subscribe_events', { topics: ['*'] });
});
afterAll(async () => {
  await listener?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

const eventsOf = ({ notifications: told }: SocketCaller) =>
  told.filter(({ method }) => method === 'event').map(({ params }) => params);

/** What of a notification the contract doesn't have, or has otherwise. */
function faultsOf({ method, params }: Told): string[] {
  if (!Object.hasOwn(notifications, method)) return [`${method} is none of the contract`];
  const parsed = notifications[method as NotificationName].params.safeParse(params);
  if (!parsed.success) return [`${method}: ${parsed.error.message}`];
  // Parsing leaves out what the schema doesn't know.
  return isDeepStrictEqual(parsed.data, params) ? [] : [`${method} has more: ${JSON.stringify(params)}`];
}

test('whatever happens is told as the contract has it, with numbers without holes', async () => {
  await world.result('take_snapshot', { device: 'camera0', filename: 'told' });
  await world.admin.call('take_snapshot', { device: 'camera0', filename: 'told' });
  await world.startRecording('camera0');
  const { filename } = await world.result('stop_recording', { device: 'camera0' });
  await world.result('set_recording', { filename, protected: true });
  await world.result('start_streaming', { device: 'camera1' });
  await world.untilLive('camera1');
  await world.result('stop_streaming', { device: 'camera1' });
  await world.result('set_camera', { device: 'camera1', name: 'Told' });
  await world.result('release_camera', { device: 'camera1' });
  await world.result('reclaim_camera', { device: 'camera1' });
  await world.result('create_stream', { name: 'told', source: 'rtsp://127.0.0.1:9/a' });
  await world.result('delete_stream', { name: 'told' });
  await world.result('forget_camera', { device: world.spare() });

  const topics = () => new Set(eventsOf(listener).map(({ topic }) => topic));
  for (const topic of [
    'snapshot.taken',
    'recording.start',
    'recording.stop',
    'recording.updated',
    'mediamtx.path',
    'camera.forgotten',
  ])
    await until(() => topics().has(topic), { what: topic });
  expect(
    [...topics()].filter((topic) => !eventTopics.includes(topic as (typeof eventTopics)[number])),
  ).toEqual([]);
  expect(listener.notifications.flatMap(faultsOf)).toEqual([]);
  for (const name of ['camera_status_update', 'recording_status_update'])
    expect(listener.notifications.map(({ method }) => method)).toContain(name);

  const numbers = eventsOf(listener).map(({ seq }) => Number(seq));
  expect(numbers).toEqual(numbers.map((_, at) => numbers[0]! + at));
});

test('who comes later is told the same events again, word for word', async () => {
  const events = eventsOf(listener);
  const first = Number(events[0]!['seq']);
  await using late = await SocketCaller.open(world.service, bearer(makeToken('viewer')));
  await late.call('subscribe_events', { topics: ['*'], after_seq: first - 1 });
  await until(() => eventsOf(late).length >= events.length, { what: 'the replay' });
  expect(eventsOf(late).slice(0, events.length)).toEqual(events);
  expect(late.notifications.flatMap(faultsOf)).toEqual([]);
});

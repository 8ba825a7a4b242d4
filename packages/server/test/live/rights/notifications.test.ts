import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@mediamtx-camera-service/testkit';
import { SocketCaller } from '../contract/callers.ts';
import { bearer, makeToken, type World } from '../contract/world.ts';
import { everybody, foreign, own, type Somebody } from './matrix.ts';
import { RightsWorld, tellsOfForeign } from './rights-world.ts';

type Notification = SocketCaller['notifications'][number];

let rights: RightsWorld;
let world: World;
beforeAll(async () => {
  rights = await RightsWorld.create();
  world = rights.world;
});
afterAll(async () => rights?.[Symbol.asyncDispose]());

const limited = everybody.filter(({ isLimited }) => isLimited);

/** All that can happen to a camera, each thing once. */
async function letThingsHappen(device: string): Promise<void> {
  const { filename } = await world.result('take_snapshot', { device });
  await world.startRecording(device);
  const recording = await world.result('stop_recording', { device });
  await world.result('start_streaming', { device });
  await world.result('stop_streaming', { device });
  for (const bitrate of [500, 1000]) await world.result('set_camera', { device, bitrate });
  await world.result('release_camera', { device, seconds: 600 });
  await world.result('reclaim_camera', { device });
  await world.untilLive(device);
  // Fails, since a test camera has none; that is told to nobody else either.
  await world.admin.call('set_camera_controls', { device, controls: { brightness: 1 } });
  await world.result('delete_snapshot', { filename });
  for (const isProtected of [true, false])
    await world.result('set_recording', { filename: recording['filename'], protected: isProtected });
  await world.result('delete_recording', { filename: recording['filename'] });
}

/** Creates and removes a stream, which belongs to no camera. */
async function changeStreams(): Promise<void> {
  const name = world.unique('foreign-stream');
  await world.result('create_stream', { name, source: 'rtsp://127.0.0.1:9/a' });
  await world.result('delete_stream', { name });
}

/** Waits until it has been told of a snapshot that is taken now of its own camera: all before has come too. */
async function untilCaughtUp(listeners: SocketCaller[]): Promise<void> {
  const { filename } = await world.result('take_snapshot', { device: own, filename: world.unique('mark') });
  const isMark = ({ params }: Notification) => JSON.stringify(params).includes(String(filename));
  for (const { notifications } of listeners) {
    await until(() => notifications.some(isMark), { what: 'the mark' });
  }
}

async function listen(somebody: Somebody, params: Record<string, unknown>): Promise<SocketCaller> {
  const caller = await SocketCaller.open(world.service, rights.credentialOf(somebody));
  const { error } = await caller.call('subscribe_events', params);
  if (error) throw new Error(error.message);
  return caller;
}

const topicsOf = ({ notifications }: SocketCaller) =>
  new Set(notifications.map(({ method, params }) => (method === 'event' ? String(params['topic']) : method)));
const leaksOf = ({ notifications }: SocketCaller) =>
  notifications.map((told) => JSON.stringify(told)).filter(tellsOfForeign);

describe.each(limited)('the $who', (somebody) => {
  test('hears nothing of another camera in any topic, and all of its own', async () => {
    await using listener = await listen(somebody, { topics: ['*'] });
    await using all = await SocketCaller.open(world.service, bearer(makeToken('viewer')));
    await all.call('subscribe_events', { topics: ['*'] });
    await letThingsHappen(foreign);
    await changeStreams();
    await untilCaughtUp([listener, all]);
    expect(leaksOf(listener)).toEqual([]);
    // What was to be kept from the others did happen.
    const told = topicsOf(all);
    for (const topic of [
      'snapshot.taken',
      'recording.start',
      'recording.stop',
      'recording.updated',
      'camera_status_update',
      'recording_status_update',
      'camera.status_change',
      'mediamtx.path',
    ])
      expect([...told]).toContain(topic);
    await letThingsHappen(own);
    await untilCaughtUp([listener]);
    for (const topic of [
      'snapshot.taken',
      'recording.start',
      'recording.stop',
      'recording.updated',
      'camera_status_update',
      'camera.status_change',
    ])
      expect([...topicsOf(listener)]).toContain(topic);
    expect(leaksOf(listener)).toEqual([]);
  });

  test('is told nothing of it by a replay, nor by a subscription that asks for it', async () => {
    await letThingsHappen(foreign);
    await changeStreams();
    await using replayed = await listen(somebody, { topics: ['*'], after_seq: 0 });
    await using asking = await listen(somebody, {
      topics: ['*'],
      filters: { device: foreign },
      after_seq: 0,
    });
    await untilCaughtUp([replayed]);
    await asking.call('ping');
    expect(leaksOf(replayed)).toEqual([]);
    expect(asking.notifications).toEqual([]);
  });

  test('is told nothing of it without a subscription either', async () => {
    await using listener = await SocketCaller.open(world.service, rights.credentialOf(somebody));
    await listener.call('ping');
    await letThingsHappen(foreign);
    await letThingsHappen(own);
    await until(() => topicsOf(listener).has('recording_status_update'));
    expect(leaksOf(listener)).toEqual([]);
    expect([...topicsOf(listener)].toSorted()).toEqual(['camera_status_update', 'recording_status_update']);
  });
});

test('a session without login hears nothing', async () => {
  await using stranger = await SocketCaller.open(world.service);
  await letThingsHappen(own);
  await stranger.call('ping');
  expect(stranger.notifications).toEqual([]);
});

test('a session whose rights are taken hears no more from that moment on', async () => {
  const { key, key_id } = await world.result('create_api_key', { name: 'soon gone', role: 'viewer' });
  await using listener = await SocketCaller.open(world.service, { 'x-api-key': key as string });
  await listener.call('subscribe_events', { topics: ['*'] });
  const closed = new Promise<number>((resolve) => listener.socket.once('close', resolve));
  await world.result('revoke_api_key', { key_id });
  expect(await closed).toBe(4401);
  const { length } = listener.notifications;
  await letThingsHappen(own);
  expect(listener.notifications.slice(length)).toEqual([]);
});

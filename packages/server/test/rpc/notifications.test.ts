import type { NotificationParams } from '@mediamtx-camera-service/protocol';
import { describe, expect, it } from 'vitest';
import { Gate } from './harness/gate.ts';
import { identityOf, startRpc, type Harness } from './harness/rpc-harness.ts';

function recordingState(device: string): NotificationParams<'recording_status_update'> {
  return { device, status: 'STARTED', filename: `${device}.mp4`, duration: 0, session_id: 's', reason: null };
}

function cameraState(device: string): NotificationParams<'camera_status_update'> {
  const streams = { rtsp: '', webrtc: '', hls: '' };
  return {
    device,
    status: 'CONNECTED',
    name: device,
    resolution: '1x1',
    fps: 1,
    streams,
    status_reason: null,
    reason_code: null,
    remedy: null,
    state: 'ready',
    enabled: true,
    mode: 'on_demand',
    identity: { matched_by: [], score: null, notice: null, candidates: [] },
    released_until: null,
  };
}

function tellAll({ notifier }: Harness, device = 'camera0'): void {
  notifier.notify('camera_status_update', cameraState(device), device);
  notifier.notify('recording_status_update', recordingState(device), device);
  notifier.notify('system_health_update', {
    status: 'HEALTHY',
    components: { websocket_server: 'RUNNING', camera_monitor: 'RUNNING', mediamtx: 'RUNNING' },
    timestamp: '2026-03-04T05:06:07.890Z',
  });
}

describe('states', () => {
  it('of cameras and recordings reach a client that never subscribed, after it has logged in', async () => {
    await using rpc = await startRpc();
    const [stranger, known] = [await rpc.connect(), await rpc.connect('viewer')];
    tellAll(rpc);
    await Promise.all([stranger.settle(), known.settle()]);
    expect(stranger.notifications()).toEqual([]);
    expect(known.notifications()).toEqual([
      { jsonrpc: '2.0', method: 'camera_status_update', params: cameraState('camera0') },
      { jsonrpc: '2.0', method: 'recording_status_update', params: recordingState('camera0') },
    ]);
  });

  it.each([
    [['system_health_update'], ['system_health_update']],
    [['*'], ['camera_status_update', 'recording_status_update', 'system_health_update']],
    [['camera.*'], []],
  ])('subscribed as %j are %j', async (topics, names) => {
    await using rpc = await startRpc();
    const client = await rpc.connect('viewer');
    await client.call('subscribe_events', { topics });
    tellAll(rpc);
    await client.settle();
    expect(client.notifications().map(({ method }) => method)).toEqual(names);
  });

  it.each([
    ['many', Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`key${n}`, n]))],
    ['long names', { ['k'.repeat(1_001)]: 1 }],
    ['long texts', { device: 'x'.repeat(1_001) }],
  ])('take no filters that are too %s, which a socket would hold', async (_what, filters) => {
    await using rpc = await startRpc();
    const client = await rpc.connect('viewer');
    expect((await client.call('subscribe_events', { topics: ['*'], filters })).error).toMatchObject({
      code: -32602,
      data: { param: 'filters', rule: 'max' },
    });
  });

  it('pass the filters of a subscription', async () => {
    await using rpc = await startRpc();
    const client = await rpc.connect('viewer');
    await client.call('subscribe_events', { topics: ['*'], filters: { device: 'camera1' } });
    tellAll(rpc, 'camera0');
    tellAll(rpc, 'camera1');
    await client.settle();
    expect(client.notifications().map(({ params }) => params['device'])).toEqual(['camera1', 'camera1']);
  });
});

it('nothing of a hidden camera is told, nothing of the system is hidden', async () => {
  await using rpc = await startRpc({ upgradeIdentity: identityOf('viewer', { cameras: ['camera1'] }) });
  const [subscriber, older] = [await rpc.connect(), await rpc.connect()];
  await subscriber.call('subscribe_events', { topics: ['*'] });
  for (const device of ['camera0', 'camera1']) {
    tellAll(rpc, device);
    rpc.events.append('camera.connected', {}, device);
  }
  rpc.events.append('system.health', {});
  await Promise.all([subscriber.settle(), older.settle()]);
  expect(JSON.stringify(subscriber.messages) + JSON.stringify(older.messages)).not.toContain('camera0');
  expect(subscriber.eventNumbers).toEqual([2, 3]);
  expect(older.notifications()).toHaveLength(2);
});

it('with open_reads a client without login hears what it subscribes to', async () => {
  await using rpc = await startRpc({ openReads: true });
  const client = await rpc.connect();
  tellAll(rpc);
  await client.call('subscribe_events', { topics: ['*'] });
  rpc.events.append('camera.connected', {}, 'camera0');
  await client.settle();
  expect(client.notifications().map(({ method }) => method)).toEqual(['event']);
});

describe('a reply', () => {
  it('comes before every notification that the call caused, for the caller', async () => {
    await using rpc = await startRpc();
    const [caller, other] = [await rpc.connect('operator'), await rpc.connect('viewer')];
    for (const client of [caller, other]) await client.call('subscribe_events', { topics: ['*'] });
    const count = caller.texts.length;
    await caller.call('start_recording', { device: 'camera0' });
    await Promise.all([caller.settle(), other.settle()]);
    const kinds = caller.messages.slice(count).map(({ method, id }) => method ?? typeof id);
    expect(kinds).toEqual(['number', 'event', 'recording_status_update', 'number']);
    expect(other.eventNumbers).toEqual([1]);
  });

  it('to a batch comes before them too', async () => {
    await using rpc = await startRpc();
    const caller = await rpc.connect('operator');
    const calls = ['subscribe_events', 'take_snapshot', 'start_recording', 'ping'].map((method, id) => ({
      jsonrpc: '2.0',
      id: `batch ${id}`,
      method,
      params: { device: 'camera0', topics: ['*'], after_seq: 0 },
    }));
    const count = caller.texts.length;
    caller.send(JSON.stringify(calls));
    await caller.until(() => caller.eventNumbers.length === 2);
    expect(JSON.parse(caller.texts[count]!)).toHaveLength(4);
    expect(caller.eventNumbers).toEqual([1, 2]);
  });

  it('to a batch comes before the replay that one of its calls asked for', async () => {
    const finish = new Gate();
    await using rpc = await startRpc({
      handlers: {
        get_camera_list: async () => {
          await finish.opened;
          return { cameras: [], total: 0, connected: 0 };
        },
      },
    });
    rpc.events.append('system.health', {});
    const [caller, other] = [await rpc.connect('viewer'), await rpc.connect('viewer')];
    const count = caller.texts.length;
    const subscribe = '"method":"subscribe_events","params":{"topics":["*"],"after_seq":0}';
    caller.send(
      `[{"jsonrpc":"2.0","id":1,${subscribe}},{"jsonrpc":"2.0","id":2,"method":"get_camera_list"}]`,
    );
    for (let i = 0; i < 20; i++) await other.settle();
    finish.open();
    await caller.until(() => caller.eventNumbers.length === 1);
    expect(JSON.parse(caller.texts[count]!)).toHaveLength(2);
  });

  it('that is late lets later events wait in their order, for its caller alone', async () => {
    const finish = new Gate();
    const server = startRpc({
      handlers: {
        stop_streaming: async ({ device }) => {
          (await server).events.append('mediamtx.stream', { caused: true }, device);
          await finish.opened;
          const time = '2026-03-04T05:06:07.890Z';
          const stream = { stream_name: device, start_time: time, end_time: time, duration: 0 };
          return { device, ...stream, status: 'STOPPED', stream_continues: false };
        },
      },
    });
    await using rpc = await server;
    const [caller, other] = [await rpc.connect('operator'), await rpc.connect('viewer')];
    for (const client of [caller, other]) await client.call('subscribe_events', { topics: ['*'] });
    const reply = caller.call('stop_streaming', { device: 'camera0' });
    await other.until(() => other.eventNumbers.length === 1);
    rpc.events.append('system.health', {});
    await other.until(() => other.eventNumbers.length === 2);
    await caller.settle();
    expect(caller.eventNumbers).toEqual([]);
    const count = caller.texts.length;
    finish.open();
    await reply;
    await caller.until(() => caller.eventNumbers.length === 2);
    expect(caller.messages.slice(count).map(({ id, params }) => id ?? params?.['seq'])).toEqual([
      expect.any(Number),
      1,
      2,
    ]);
    expect(caller.messages[count]!.method).toBeUndefined();
  });

  it('does not hold what the call left running', async () => {
    const happen = new Gate();
    const server = startRpc({
      handlers: {
        delete_stream: async ({ name }) => {
          const { events } = await server;
          void happen.opened.then(() => events.append('mediamtx.path', { name }));
          return { name, deleted: true, success: true };
        },
      },
    });
    await using rpc = await server;
    const caller = await rpc.connect('admin');
    await caller.call('subscribe_events', { topics: ['*'] });
    await caller.call('delete_stream', { name: 'gate' });
    happen.open();
    await caller.until(() => caller.eventNumbers.length === 1);
  });
});

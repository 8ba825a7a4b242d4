import type { Camera } from '@mediamtx-camera-service/protocol';
import { Service, TempDir, until, type RawClient } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';

const device = 'camera0';
const small = {
  env: { CAMERA_SERVICE_CAMERA_TEST_RESOLUTION: '320x180', CAMERA_SERVICE_CAMERA_TEST_FPS: '10' },
};

const look = (client: RawClient): Promise<Camera> => client.result<Camera>('get_camera_status', { device });
const untilState = (client: RawClient, state: string): Promise<Camera> =>
  until(
    async () => {
      const camera = await look(client);
      return camera.state === state ? camera : undefined;
    },
    { what: `state ${state}` },
  );
const errorOf = async (client: RawClient, method: string, params: object) =>
  (await client.call(method, { device, ...params })).error;

test('a new name is told to everybody, and is there after a restart', async () => {
  await using dir = await TempDir.create();
  const name = 'Vordertür 🚪';
  {
    await using service = await Service.start({ ...small, dataDir: dir.path });
    const [admin, viewer] = [await service.rawClient('admin'), await service.rawClient('viewer')];
    expect(await admin.result('set_camera', { device, name })).toMatchObject({ name, settings: { name } });
    await viewer.notified('camera_status_update', (params) => params['name'] === name);
  }
  await using service = await Service.start({ ...small, dataDir: dir.path });
  const client = await service.rawClient('admin');
  expect(await look(client)).toMatchObject({ name });
  await client.result('set_camera', { device, name: null });
  expect(await look(client)).toMatchObject({ name: 'Test camera' });
});

test('another size is taken at once by a live camera, and its recording goes on into one file', async () => {
  await using service = await Service.start(small);
  const client = await service.rawClient('admin');
  await client.result('start_recording', { device });
  await client.notified('recording_status_update', ({ status }) => status === 'STARTED');
  const { pid } = await client
    .result<{ ffmpeg_process: { pid: number } }>('get_stream_status', {
      device,
    })
    .then(({ ffmpeg_process }) => ffmpeg_process);
  expect(await client.result('set_camera', { device, fps: 5, bitrate: 400, quality: 'low' })).toMatchObject({
    fps: 5,
    settings: { fps: 5, bitrate: 400, quality: 'low', resolution: null },
  });
  await until(
    async () => {
      const stream = await client.result<{ ready: boolean; ffmpeg_process: { pid: number | null } }>(
        'get_stream_status',
        { device },
      );
      return stream.ready && stream.ffmpeg_process.pid !== pid;
    },
    { what: 'another capture, live' },
  );
  const { command } = await client
    .result<{ ffmpeg_command: string }>('start_streaming', { device })
    .then(({ ffmpeg_command }) => ({ command: ffmpeg_command }));
  expect(command).toContain('-maxrate 400000');
  expect(command).toContain('-crf 29');
  expect(await client.result('stop_recording', { device })).toMatchObject({ status: 'STOPPED' });
});

test('a disabled camera is left alone and says so; enabled, it is live again for who still wants it', async () => {
  await using service = await Service.start(small);
  const client = await service.rawClient('admin');
  await client.result('start_streaming', { device });
  await untilState(client, 'live');
  const disabled = await client.result('set_camera', { device, enabled: false });
  expect(disabled).toMatchObject({ status: 'DISCONNECTED', state: 'disabled', reason_code: 'disabled' });
  await until(
    async () => {
      const { ffmpeg_process } = await client.result<{ ffmpeg_process: { running: boolean } }>(
        'get_stream_status',
        { device },
      );
      return !ffmpeg_process.running;
    },
    { what: 'no capture' },
  );
  expect(await errorOf(client, 'take_snapshot', {})).toMatchObject({ code: -32020 });
  expect(await errorOf(client, 'start_recording', {})).toMatchObject({
    code: -32020,
    data: { reason: 'camera_disconnected', suggestion: expect.stringContaining('enabled: true') as string },
  });
  await client.result('set_camera', { device, enabled: true });
  await untilState(client, 'live');
});

test('a camera whose mode is off is listed and never captured; in mode always it is live by itself', async () => {
  await using service = await Service.start(small);
  const client = await service.rawClient('admin');
  expect(await client.result('set_camera', { device, mode: 'off' })).toMatchObject({
    state: 'off',
    mode: 'off',
  });
  for (const method of ['take_snapshot', 'start_recording', 'start_streaming']) {
    expect(await errorOf(client, method, {})).toMatchObject({ code: -32020, data: { state: 'OFF' } });
  }
  await client.result('set_camera', { device, mode: 'always' });
  await untilState(client, 'live');
  await client.result('set_camera', { device, mode: null });
});

test('a lent camera is free of us until it is taken back, and its recording goes on', async () => {
  await using service = await Service.start(small);
  const client = await service.rawClient('admin');
  await client.result('start_recording', { device });
  await client.notified('recording_status_update', ({ status }) => status === 'STARTED');
  await client.result('release_camera', { device, seconds: 600 });
  const { ffmpeg_process } = await client.result<{ ffmpeg_process: { running: boolean } }>(
    'get_stream_status',
    { device },
  );
  expect(ffmpeg_process.running).toBe(false);
  const lent = await look(client);
  expect(lent).toMatchObject({ status: 'BUSY', state: 'lent', reason_code: 'released', recording: true });
  expect(Date.parse(lent.released_until ?? '')).toBeGreaterThan(Date.now());
  expect(await errorOf(client, 'take_snapshot', {})).toMatchObject({ code: -32020, data: { state: 'BUSY' } });
  await client.result('reclaim_camera', { device });
  await untilState(client, 'live');
  expect(await errorOf(client, 'reclaim_camera', {})).toMatchObject({ code: -32020 });
  expect(await client.result('stop_recording', { device })).toMatchObject({ status: 'STOPPED' });
});

test('a lent camera comes back by itself when its time is over', async () => {
  await using service = await Service.start(small);
  const client = await service.rawClient('admin');
  await client.result('release_camera', { device, seconds: 1 });
  expect(await look(client)).toMatchObject({ state: 'lent' });
  expect(await untilState(client, 'ready')).toMatchObject({ released_until: null, status: 'CONNECTED' });
});

test("start_recording takes the camera's own defaults where it names none", async () => {
  await using service = await Service.start(small);
  const client = await service.rawClient('admin');
  const recording = { format: 'mkv', duration: 3600, segment_duration: 60 };
  await client.result('set_camera', { device, recording });
  expect(await client.result('start_recording', { device })).toMatchObject({ format: 'mkv', duration: 3600 });
  await client.notified('recording_status_update', ({ status }) => status === 'STARTED');
  const stopped = await client.result<{ filename: string }>('stop_recording', { device });
  expect(stopped.filename).toMatch(/\.mkv$/);
  expect(await client.result('set_camera', { device, recording: { format: null } })).toMatchObject({
    settings: { recording: { format: null, duration: 3600 } },
  });
});

test('a mistake is named by its param, and nothing is changed', async () => {
  await using service = await Service.start(small);
  const client = await service.rawClient('admin');
  const before = await look(client);
  const mistakes: [object, string][] = [
    [{ name: '' }, 'name'],
    [{ name: 'a\u0000b' }, 'name'],
    [{ resolution: '1280' }, 'resolution'],
    [{ mode: 'sometimes' }, 'mode'],
    [{ fps: 0 }, 'fps'],
    [{ quality: 'best' }, 'quality'],
    [{ recording: { duration: 0 } }, 'recording.duration'],
  ];
  for (const [change, param] of mistakes) {
    expect(await errorOf(client, 'set_camera', { enabled: false, ...change })).toMatchObject({
      code: -32602,
      data: { param },
    });
  }
  expect(await look(client)).toMatchObject({ name: before.name, enabled: true });
});

test('the history tells how the camera came to where it is, newest first', async () => {
  await using service = await Service.start(small);
  const client = await service.rawClient('admin');
  await client.result('start_streaming', { device });
  await untilState(client, 'live');
  await client.result('set_camera', { device, enabled: false });
  const { transitions } = await client.result<{
    transitions: { from: string | null; to: string; reason: string | null; time: string }[];
  }>('get_camera_history', { device });
  expect(transitions[0]).toMatchObject({ from: 'live', to: 'disabled', reason: 'disabled' });
  for (const [index, { from }] of transitions.entries()) {
    const before = transitions[index + 1];
    if (before) expect(from).toBe(before.to);
  }
  expect(transitions.at(-1)).toMatchObject({ from: null });
  expect(await client.result('get_camera_history', { device, limit: 1 })).toMatchObject({
    transitions: [{ to: 'disabled' }],
  });
});

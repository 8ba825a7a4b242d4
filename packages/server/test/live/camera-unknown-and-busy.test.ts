import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { methods, type MethodDefinition } from '@mediamtx-camera-service/protocol';
import { Service, type RawClient } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let service: Service;
let client: RawClient;
beforeAll(async () => {
  service = await Service.start();
  client = await service.rawClient('admin');
});
afterAll(async () => service?.[Symbol.asyncDispose]());

const device = 'camera0';
const errorOf = async (method: string, params: object) => (await client.call(method, params)).error;

describe('a camera that does not exist', () => {
  const definitions = Object.entries<MethodDefinition>(methods).filter(
    ([, { params }]) => 'device' in params.shape,
  );
  /** What else a method needs, so that the camera is what it stumbles over. */
  const rest: Record<string, object> = {
    merge_cameras: { other: device },
    set_camera_controls: { controls: { brightness: 1 } },
  };
  test.each(definitions.map(([name]) => name))('is not found by %s', async (name) => {
    for (const id of ['camera99', '/dev/video99']) {
      expect(await errorOf(name, { ...rest[name], device: id })).toMatchObject({
        code: -32010,
        message: expect.stringMatching(/^not found: /) as unknown,
        data: { resource: 'camera', id, reason: 'camera_not_found' },
      });
    }
    expect(await errorOf(name, { ...rest[name], device_path: 'camera99' })).toMatchObject({ code: -32010 });
  });

  test.each(['still.jpg', 'hls/index.m3u8'])('has no %s', async (path) => {
    const headers = { authorization: `Bearer ${await service.token('admin')}` };
    expect((await fetch(`${service.httpUrl}/media/camera99/${path}`, { headers })).status).toBe(404);
  });

  test('is not made up: the list has the real ones alone', async () => {
    expect(await client.result('get_camera_list')).toMatchObject({ total: 1, cameras: [{ device }] });
  });
});

test('a second recording is refused and told the first; stopping twice is refused too', async () => {
  const first = await client.result('start_recording', { device });
  for (const params of [{ device }, { device, duration: 5, format: 'mkv' }]) {
    expect(await errorOf('start_recording', params)).toMatchObject({
      code: -32020,
      data: { state: 'recording', allowed_states: ['not_recording'], session_id: first['session_id'] },
    });
  }
  const { cameras } = await client.result<{ cameras: object[] }>('get_camera_list');
  expect(cameras[0]).toMatchObject({
    recording: true,
    session_id: first['session_id'],
    current_file: first['filename'],
  });
  await client.notified('recording_status_update', ({ status }) => status === 'STARTED');
  const stopped = await client.result('stop_recording', { device });
  expect(stopped).toMatchObject({
    session_id: first['session_id'],
    filename: first['filename'],
    status: 'STOPPED',
  });
  expect(await errorOf('stop_recording', { device })).toMatchObject({
    code: -32020,
    data: { state: 'not_recording' },
  });
});

test('of many starts at once one wins, and the others are refused', async () => {
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => client.call('start_recording', { device })),
  );
  expect(replies.filter(({ result }) => result !== undefined)).toHaveLength(1);
  expect(new Set(replies.map(({ error }) => error?.code))).toEqual(new Set([undefined, -32020]));
  const { filename } = replies.find(({ result }) => result !== undefined)!.result as { filename: string };
  await client.notified(
    'recording_status_update',
    (params) => params['status'] === 'STARTED' && params['filename'] === filename,
  );
  expect(await client.result('stop_recording', { device })).toMatchObject({ filename });
});

test('streaming that was not started can not be stopped', async () => {
  expect(await errorOf('stop_streaming', { device })).toMatchObject({
    code: -32020,
    data: { state: 'not_streaming' },
  });
});

describe('durations', () => {
  test.each([
    [{ duration: 5, duration_minutes: 1 }, 'duration_minutes', 'only_one'],
    [{ duration_seconds: 5, duration_hours: 1 }, 'duration_hours', 'only_one'],
    [{ duration: 0 }, 'duration', 'min'],
    [{ duration: 86_401 }, 'duration', 'max'],
    [{ duration_minutes: 1_441 }, 'duration_minutes', 'max'],
    [{ duration_hours: 25 }, 'duration_hours', 'max'],
    [{ duration: 1.5 }, 'duration', 'type'],
    [{ duration: '5' }, 'duration', 'type'],
    [{ format: 'avi' }, 'format', 'one_of'],
  ])('%j is refused, and nothing is recorded', async (params, param, rule) => {
    expect(await errorOf('start_recording', { device, ...params })).toMatchObject({
      code: -32602,
      data: { param, rule },
    });
    expect(await client.result('get_camera_status', { device })).toMatchObject({
      recording: false,
      session_id: null,
    });
  });
});

describe('names of snapshots', () => {
  test('one that is taken is refused, and the picture that has it stays', async () => {
    const first = await client.result('take_snapshot', { device, filename: 'mine' });
    expect(first).toMatchObject({ filename: 'mine.jpg' });
    for (const filename of ['mine', 'mine.jpg']) {
      expect(await errorOf('take_snapshot', { device, filename, quality: 1 })).toMatchObject({
        code: -32020,
        data: { state: 'exists' },
      });
    }
    const { files } = await client.result<{ files: { filename: string; file_size: number }[] }>(
      'list_snapshots',
    );
    expect(files.find(({ filename }) => filename === 'mine.jpg')?.file_size).toBe(first['file_size']);
  });

  test('of two calls at once for one name, one gets it', async () => {
    const filename = 'race';
    const replies = await Promise.all(
      [1, 2, 3].map((quality) => client.call('take_snapshot', { device, filename, quality })),
    );
    expect(replies.map(({ error }) => error?.code ?? 0).toSorted((a, b) => a - b)).toEqual([
      -32020, -32020, 0,
    ]);
  });

  test.each([
    '../up.jpg',
    '..',
    '/etc/passwd.jpg',
    'a/b.jpg',
    String.raw`a\b.jpg`,
    '.hidden.jpg',
    '-rf.jpg',
    '%2e%2e%2fup.jpg',
    'a b.jpg',
    'nul\u0000.jpg',
    'ümlaut.jpg',
    'a'.repeat(129),
    '',
  ])('%j is refused', async (filename) => {
    expect(await errorOf('take_snapshot', { device, filename })).toMatchObject({
      code: -32602,
      data: { param: 'filename' },
    });
  });

  test.each([
    ['picture.png', 'jpg'],
    ['picture.jpg', 'png'],
    ['picture.jpeg', 'png'],
  ])('%s does not fit %s', async (filename, format) => {
    const error = await errorOf('take_snapshot', { device, filename, format });
    expect(error).toMatchObject({ code: -32602, data: { param: 'filename', rule: 'extension' } });
  });

  test.each(['..%2f..%2fcamera-service.db', '%2e%2e/secrets/jwt-secret', '.part-1', 'a%00b.jpg'])(
    'no file is served as %s',
    async (name) => {
      const headers = { authorization: `Bearer ${await service.token('admin')}` };
      const { status } = await fetch(`${service.httpUrl}/files/snapshots/${name}`, { headers });
      expect([400, 404]).toContain(status);
    },
  );

  test('nothing but the pictures that were answered for is in the directory', async () => {
    const { files } = await client.result<{ files: { filename: string }[] }>('list_snapshots');
    const names = await readdir(join(service.dataDir, 'snapshots', device));
    expect(names.sort()).toEqual(files.map(({ filename }) => filename).sort());
    expect(await readdir(service.dataDir)).not.toContain('up.jpg');
  });
});

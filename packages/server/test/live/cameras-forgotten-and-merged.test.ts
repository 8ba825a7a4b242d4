import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Service, TempDir, until, type RawClient } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const env = { CAMERA_SERVICE_CAMERA_TEST_RESOLUTION: '320x180', CAMERA_SERVICE_CAMERA_TEST_FPS: '10' };

interface Listed {
  files: { filename: string; device: string; download_url: string }[];
}

let dir: TempDir;
let service: Service;
let client: RawClient;
beforeAll(async () => {
  dir = await TempDir.create();
  {
    await using first = await Service.start({ env, dataDir: dir.path, testCameras: 3 });
    const admin = await first.rawClient('admin');
    for (const device of ['camera1', 'camera2']) {
      await admin.result('take_snapshot', { device });
      await admin.result('start_recording', { device });
      await admin.notified(
        'recording_status_update',
        (told) => told['status'] === 'STARTED' && told['device'] === device,
      );
      await admin.result('stop_recording', { device });
    }
  }
  // The last two are not there in this run.
  service = await Service.start({ env, dataDir: dir.path, testCameras: 1 });
  client = await service.rawClient('admin');
});
afterAll(async () => {
  await service?.[Symbol.asyncDispose]();
  await dir?.[Symbol.asyncDispose]();
});

/** A test camera that is away is in no list, but it can be asked for. */
const isKnown = async (device: string): Promise<boolean> => {
  const { error } = await client.call('get_camera_status', { device });
  if (error) expect(error).toMatchObject({ code: -32010 });
  return error === undefined;
};
const filesOf = async (method: string): Promise<Listed['files']> =>
  (await client.result<Listed>(method)).files;

test('one that is there is not forgotten, and two that are not one are not merged', async () => {
  expect((await client.call('forget_camera', { device: 'camera0' })).error).toMatchObject({
    code: -32020,
    data: { reason: 'camera_present', state: 'CONNECTED', allowed_states: ['DISCONNECTED'] },
  });
  expect((await client.call('merge_cameras', { device: 'camera0', other: 'camera0' })).error).toMatchObject({
    code: -32602,
  });
});

test('an entry that joins another brings its files, which are downloaded under their names', async () => {
  const merged = await client.result('merge_cameras', { device: 'camera0', other: 'camera1' });
  expect(merged).toMatchObject({
    device: 'camera0',
    status: 'CONNECTED',
    identity: { notice: null, candidates: [] },
  });
  expect([await isKnown('camera1'), await isKnown('camera2')]).toEqual([false, true]);
  expect(existsSync(join(dir.path, 'recordings/camera1'))).toBe(false);
  for (const method of ['list_recordings', 'list_snapshots']) {
    const file = (await filesOf(method)).find(({ filename }) => filename.startsWith('camera1_'))!;
    expect(file.device).toBe('camera0');
    const reply = await fetch(new URL(file.download_url, service.httpUrl));
    expect([reply.status, (await reply.arrayBuffer()).byteLength > 1_000]).toEqual([200, true]);
  }
});

test('a forgotten camera is gone with its files, each of which is told, and its path', async () => {
  await client.result('subscribe_events', {
    topics: ['recording.deleted', 'snapshot.deleted', 'camera.forgotten'],
  });
  await until(async () =>
    (await client.result<{ name: string }[]>('get_streams')).some(({ name }) => name === 'camera2'),
  );
  expect(await client.result('forget_camera', { device: 'camera2', delete_files: true })).toMatchObject({
    device: 'camera2',
    forgotten: true,
    files_deleted: 2,
  });
  await client.notified('event', ({ topic }) => topic === 'camera.forgotten');
  const told = client.notifications('event').map(({ params }) => params);
  expect(told.slice(0, 2)).toMatchObject([
    { topic: 'recording.deleted', data: { device: 'camera2', reason: 'forgotten' } },
    { topic: 'snapshot.deleted', data: { device: 'camera2', reason: 'forgotten' } },
  ]);
  expect(await isKnown('camera2')).toBe(false);
  for (const kind of ['recordings', 'snapshots'])
    expect(existsSync(join(dir.path, kind, 'camera2'))).toBe(false);
  await until(
    async () =>
      !(await client.result<{ name: string }[]>('get_streams')).some(({ name }) => name === 'camera2'),
  );
});

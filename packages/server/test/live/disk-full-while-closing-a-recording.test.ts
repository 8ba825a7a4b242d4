import { readdir, rm } from 'node:fs/promises';
import { Service, Tmpfs, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import {
  expectCatalogToAgree,
  expectWholeRecording,
  hearRecordings,
  newestSegmentSeconds,
  recordingPath,
  smallPicture,
} from './recorded.ts';

const device = 'camera0';
const diskFull = {
  code: -32060,
  data: {
    reason: 'disk_full',
    available_space: expect.any(Number) as unknown,
    total_space: 16 * 1024 * 1024,
  },
};

test('the segments are kept, and the file is made when there is room again', async () => {
  await using disk = await Tmpfs.mount(16 * 1024 * 1024);
  await using service = await Service.start({ env: smallPicture, dataDir: disk.join('data') });
  const client = await service.client();
  const heard = hearRecordings(client);
  // This format is made by copying, which takes room.
  const { filename, session_id: id } = await client.call('start_recording', { device, format: 'mkv' });
  await until(() => heard.length > 0);
  await until(async () => (await newestSegmentSeconds(service)) > 4);
  // Some room is left, so that it runs out in the middle of the copy.
  const filler = await disk.fill(100_000);

  await expect(client.call('stop_recording', { device })).rejects.toMatchObject(diskFull);
  await until(() => heard.at(-1)?.status === 'FAILED');
  expect((await client.call('get_camera_status', { device })).recording).toBe(false);
  expect(await client.call('list_recordings')).toMatchObject({ total: 0 });
  expect(await readdir(disk.join('data/recordings', device))).not.toContain(filename);
  // What is left must be out of the way first.
  await expect(client.call('start_recording', { device })).rejects.toMatchObject(diskFull);
  await expect(client.call('stop_recording', { device })).rejects.toMatchObject(diskFull);

  await rm(filler);
  const stopped = await client.call('stop_recording', { device });
  expect(stopped).toMatchObject({ session_id: id, filename, format: 'mkv' });
  expect(stopped.duration).toBeGreaterThan(4);
  await expectWholeRecording(recordingPath(service, device, filename), stopped.duration);
  await expectCatalogToAgree(service, client);
  await client.call('start_recording', { device });
  await until(() => heard.at(-1)?.status === 'STARTED');
  await client.call('stop_recording', { device });
});

test('a disk that is full while it is recorded is told, and told again when it is written on', async () => {
  await using disk = await Tmpfs.mount(16 * 1024 * 1024);
  await using service = await Service.start({
    env: { ...smallPicture, CAMERA_SERVICE_RECORDING_START_TIMEOUT: '1' },
    dataDir: disk.join('data'),
  });
  const client = await service.client();
  const heard = hearRecordings(client);
  const { session_id: id } = await client.call('start_recording', { device });
  await until(() => heard.length > 0);
  const filler = await disk.fill();
  await until(() => heard.at(-1)?.status === 'ERROR', { timeoutMs: 30_000 });
  expect(heard.at(-1)).toMatchObject({
    session_id: id,
    reason: expect.stringContaining('no file') as string,
  });
  await rm(filler);
  await until(() => heard.at(-1)?.status === 'STARTED', { timeoutMs: 30_000 });
  await client.call('stop_recording', { device });
  await until(() => heard.length === 4);
  expect(heard.map(({ status }) => status)).toEqual(['STARTED', 'ERROR', 'STARTED', 'STOPPED']);
});

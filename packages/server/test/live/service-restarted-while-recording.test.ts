import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import {
  decodeRecording,
  expectCatalogToAgree,
  findChildren,
  findGaps,
  findProcesses,
  fps,
  hearRecordings,
  listSegmentFiles,
  newestSegmentSeconds,
  recordingPath,
  smallPicture,
} from './recorded.ts';

const device = 'camera0';

test('SIGTERM leaves playable files and no process, and the next start goes on with the recording', async () => {
  await using service = await Service.start({ env: smallPicture });
  const first = await service.client();
  const heard = hearRecordings(first);
  const { session_id: id } = await first.call('start_recording', { device, format: 'mkv' });
  await until(() => heard.length > 0);
  await until(async () => (await newestSegmentSeconds(service)) > 1);
  await stopInTime(service);
  expect(findChildren(service)).toEqual([]);
  const segments = join(service.dataDir, 'recordings', device, 'segments');
  const [segment] = await readdir(segments);
  const beforeStop = await decodeRecording(join(segments, segment!));
  expect(beforeStop.complaints).toBe('');
  expect(findGaps(beforeStop.numbers)).toEqual([]);
  // A stop is no end of a recording.
  expect(heard.map(({ status }) => status)).toEqual(['STARTED']);

  await service.startAgain();
  const second = await service.client();
  const heardAfter = hearRecordings(second);
  expect(await second.call('get_camera_status', { device })).toMatchObject({
    recording: true,
    session_id: id,
  });
  await until(
    async () => (await listSegmentFiles(service)).length === 2 && (await newestSegmentSeconds(service)) > 1,
  );
  const stopped = await second.call('stop_recording', { device });
  expect(stopped).toMatchObject({ session_id: id, format: 'mkv' });
  const { numbers, complaints } = await decodeRecording(recordingPath(service, device, stopped.filename));
  expect(complaints).toBe('');
  expect(numbers.slice(0, beforeStop.numbers.length)).toEqual(beforeStop.numbers);
  expect(findGaps(numbers)).toHaveLength(1);
  expect(Math.abs(numbers.length - stopped.duration * fps)).toBeLessThanOrEqual(2);
  await until(() => heardAfter.length > 0);
  expect(heardAfter.map(({ status }) => status)).toEqual(['STOPPED']);
  await expectCatalogToAgree(service, second);
});

test('a timed recording whose time passes while the service is down is closed at the start', async () => {
  await using service = await Service.start({ env: smallPicture });
  const first = await service.client();
  const heard = hearRecordings(first);
  const started = await first.call('start_recording', { device, duration_seconds: 4 });
  await until(() => heard.length > 0);
  expect(await service.stop()).toBe(0);
  const endsAt = Date.parse(started.start_time) + 4_000;
  await until(() => Date.now() > endsAt);

  await service.startAgain();
  const second = await service.client();
  const { files } = await until(async () => {
    const list = await second.call('list_recordings');
    return list.total === 1 && list;
  });
  expect(files).toMatchObject([{ filename: started.filename, device }]);
  expect((await second.call('get_camera_status', { device })).recording).toBe(false);
  const { numbers, complaints } = await decodeRecording(recordingPath(service, device, started.filename));
  expect(complaints).toBe('');
  expect(Math.abs(numbers.length - files[0]!.duration * fps)).toBeLessThanOrEqual(1);
  await expectCatalogToAgree(service, second);
});

test('a timed recording that has time left ends at its time', async () => {
  await using service = await Service.start({ env: smallPicture });
  const first = await service.client();
  const heard = hearRecordings(first);
  const started = await first.call('start_recording', { device, duration_seconds: 15 });
  await until(() => heard.length > 0);
  expect(await service.stop()).toBe(0);
  await service.startAgain();
  const second = await service.client();
  const heardAfter = hearRecordings(second);
  expect((await second.call('get_camera_status', { device })).session_id).toBe(started.session_id);
  await until(() => heardAfter.some(({ status }) => status === 'STOPPED'), { timeoutMs: 30_000 });
  const { files } = await second.call('list_recordings');
  const [file] = files;
  expect(Date.parse(file!.modified_time) - Date.parse(file!.created_time)).toBeGreaterThanOrEqual(15_000);
  await expectCatalogToAgree(service, second);
});

test('SIGTERM while MediaMTX hangs: it ends in time all the same', async () => {
  await using service = await Service.start({ env: smallPicture, mediamtx: 'managed' });
  const client = await service.client();
  const heard = hearRecordings(client);
  await client.call('start_recording', { device });
  await until(() => heard.length > 0);
  process.kill(service.mediaMtxPid, 'SIGSTOP');
  await stopInTime(service);
  expect(findChildren(service)).toEqual([]);
});

test('SIGTERM in the middle of a start: it ends cleanly and leaves no process', async () => {
  await using first = await Service.start({ env: smallPicture });
  const client = await first.client();
  const heard = hearRecordings(client);
  const { session_id: id } = await client.call('start_recording', { device });
  await until(() => heard.length > 0);
  await first.kill();
  // As soon as its first sign of life is there, which is long before it is ready.
  await using second = await Service.launch({
    env: smallPicture,
    dataDir: first.dataDir,
    mediamtx: 'managed',
  });
  await until(() => second.log !== '');
  expect(await second.stop()).toBe(0);
  expect(await findProcesses(first.dataDir)).toEqual([]);

  await first.startAgain();
  const last = await first.client();
  expect(await last.call('get_camera_status', { device })).toMatchObject({ recording: true, session_id: id });
  await last.call('stop_recording', { device });
  await expectCatalogToAgree(first, last);
});

/** The promise is 5 s; after that a service manager would kill it, and this does too. */
async function stopInTime(service: Service): Promise<void> {
  const hardStop = setTimeout(() => service.program.kill('SIGKILL'), 5_000);
  try {
    expect(await service.stop()).toBe(0);
  } finally {
    clearTimeout(hardStop);
  }
}

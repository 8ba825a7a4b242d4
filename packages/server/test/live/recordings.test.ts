import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { frameDistance } from '../../src/capture/read-number.ts';
import {
  expectWholeRecording,
  fps,
  hearRecordings,
  listSegmentFiles,
  numberAt,
  recordingPath,
  smallPicture,
} from './recorded.ts';

const device = 'camera0';

test('what is recorded plays from the first to the last frame, and the answer tells its real times', async () => {
  await using service = await Service.start({ env: smallPicture });
  const client = await service.client();
  const heard = hearRecordings(client);
  let filesAtStarted: string[] | undefined;
  client.on('recording_status_update', ({ status }) => {
    if (status === 'STARTED') void listSegmentFiles(service).then((files) => (filesAtStarted = files));
  });

  const started = await client.call('start_recording', { device });
  expect(started).toMatchObject({
    device,
    status: 'RECORDING',
    duration: null,
    format: 'mp4',
    success: true,
  });
  expect(heard).toEqual([]);
  await until(() => filesAtStarted);
  expect(filesAtStarted).toHaveLength(1);
  expect(heard).toMatchObject([
    { device, status: 'STARTED', session_id: started.session_id, filename: started.filename },
  ]);

  const again = client.call('start_recording', { device });
  await expect(again).rejects.toMatchObject({
    code: -32020,
    data: { state: 'recording', session_id: started.session_id },
  });

  const status = await client.call('get_camera_status', { device });
  expect(status).toMatchObject({
    recording: true,
    session_id: started.session_id,
    current_file: started.filename,
  });
  await until(async () => ((await client.call('get_camera_status', { device })).elapsed_time ?? 0) > 3);

  const stopped = await client.call('stop_recording', { device });
  expect(stopped).toMatchObject({
    device,
    status: 'STOPPED',
    session_id: started.session_id,
    filename: started.filename,
  });
  const path = recordingPath(service, device, stopped.filename);
  const numbers = await expectWholeRecording(path, stopped.duration);
  const [start, end] = [Date.parse(stopped.start_time), Date.parse(stopped.end_time)];
  expect(Math.abs(end - start - stopped.duration * 1000)).toBeLessThanOrEqual(2);
  // The first picture itself tells when it was taken; between that and its recorded time lies its way through the encoder.
  expect(Math.abs(frameDistance(numbers[0]!, numberAt(start)))).toBeLessThanOrEqual(fps);

  const listed = await client.call('list_recordings');
  expect(listed).toMatchObject({
    total: 1,
    files: [{ filename: stopped.filename, file_size: stopped.file_size, duration: stopped.duration, device }],
  });
  await until(() => heard.at(-1)?.status === 'STOPPED');
  expect(heard.map((update) => update.status)).toEqual(['STARTED', 'STOPPED']);
  expect(heard.at(-1)).toMatchObject({
    duration: stopped.duration,
    session_id: stopped.session_id,
    reason: null,
  });
  expect(await readdir(join(service.dataDir, 'recordings', device))).toEqual(
    expect.arrayContaining([stopped.filename]),
  );
  expect(await listSegmentFiles(service)).toEqual([]);
  await expect(client.call('stop_recording', { device })).rejects.toMatchObject({
    code: -32020,
    data: { state: 'not_recording' },
  });
});

test('each format plays whole, and pages of the list neither overlap nor miss one', async () => {
  await using service = await Service.start({ env: smallPicture, testCameras: 2 });
  const client = await service.client();
  const heard = hearRecordings(client);
  const record = async (name: string, format: 'fmp4' | 'mkv' | 'mp4') => {
    const { session_id: id } = await client.call('start_recording', { device: name, format });
    await until(() => heard.some((update) => update.session_id === id && update.status === 'STARTED'));
    const stopped = await client.call('stop_recording', { device: name });
    expect(stopped).toMatchObject({
      format,
      filename: expect.stringMatching(format === 'mkv' ? /\.mkv$/ : /\.mp4$/) as string,
    });
    await expectWholeRecording(recordingPath(service, name, stopped.filename), stopped.duration);
    return stopped;
  };
  const all = [
    await record('camera0', 'mkv'),
    await record('camera0', 'fmp4'),
    await record('camera1', 'mp4'),
    await record('camera0', 'mp4'),
  ];

  const newestFirst = namesOf(all).toReversed();
  const { files } = await client.call('list_recordings');
  expect(namesOf(files)).toEqual(newestFirst);
  const pages = [];
  for (const offset of [0, 2, 4]) pages.push(await client.call('list_recordings', { limit: 2, offset }));
  expect(pages.map((page) => page.total)).toEqual([4, 4, 4]);
  expect(pages.map((page) => namesOf(page.files))).toEqual([
    newestFirst.slice(0, 2),
    newestFirst.slice(2),
    [],
  ]);
  expect(namesOf((await client.call('list_recordings', { order: 'asc' })).files)).toEqual(namesOf(all));
  const [, second, third] = all as [unknown, (typeof all)[0], (typeof all)[0]];
  const between = await client.call('list_recordings', { from: second.start_time, to: third.start_time });
  expect(namesOf(between.files)).toEqual([second.filename]);
  expect(namesOf((await client.call('list_recordings', { from: third.start_time })).files)).toEqual(
    newestFirst.slice(0, 2),
  );
  const ofOne = await client.call('list_recordings', { device: 'camera1' });
  expect(ofOne).toMatchObject({ total: 1, files: [{ device: 'camera1', filename: third.filename }] });
  await expect(client.call('list_recordings', { device: 'camera9' })).rejects.toMatchObject({ code: -32010 });
});

test('a timed recording ends by itself and is not shorter than asked', async () => {
  await using service = await Service.start({ env: smallPicture });
  const client = await service.client();
  const heard = hearRecordings(client);
  const { session_id: id } = await client.call('start_recording', { device, duration_seconds: 3 });
  const stopped = await until(() => heard.find((update) => update.status === 'STOPPED'));
  expect(stopped).toMatchObject({ session_id: id });
  expect(stopped.duration).toBeGreaterThanOrEqual(3);
  expect((await client.call('get_camera_status', { device })).recording).toBe(false);
  await expectWholeRecording(recordingPath(service, device, stopped.filename), stopped.duration);
});

test('a new file begins while it is recorded, and no frame is lost at the seam', async () => {
  await using service = await Service.start({
    env: { ...smallPicture, CAMERA_SERVICE_RECORDING_SEGMENT_DURATION: '10' },
  });
  const client = await service.client();
  await client.call('start_recording', { device });
  await until(async () => (await listSegmentFiles(service)).length >= 2, { timeoutMs: 30_000 });
  await until(async () => ((await client.call('get_camera_status', { device })).elapsed_time ?? 0) > 12);
  const stopped = await client.call('stop_recording', { device });
  expect(stopped.duration).toBeGreaterThan(10);
  await expectWholeRecording(recordingPath(service, device, stopped.filename), stopped.duration);
  expect(await listSegmentFiles(service)).toEqual([]);
});

test('one that is stopped before its first frame says so and leaves nothing behind', async () => {
  await using service = await Service.start({ env: smallPicture });
  const client = await service.client();
  const heard = hearRecordings(client);
  await client.call('start_recording', { device });
  const stop = client.call('stop_recording', { device });
  await expect(stop).rejects.toMatchObject({
    code: -32050,
    data: { reason: 'nothing_recorded', dependency: 'camera' },
  });
  await until(() => heard.at(-1)?.status === 'FAILED');
  expect(await client.call('list_recordings')).toMatchObject({ total: 0, files: [] });
  expect(await listSegmentFiles(service)).toEqual([]);
  expect((await client.call('get_camera_status', { device })).recording).toBe(false);

  // And the next one is not touched by it.
  const { session_id: id } = await client.call('start_recording', { device });
  await until(() => heard.some((update) => update.session_id === id && update.status === 'STARTED'));
  const stopped = await client.call('stop_recording', { device });
  await expectWholeRecording(recordingPath(service, device, stopped.filename), stopped.duration);
  const folders = await readdir(join(service.dataDir, 'recordings', device));
  expect(folders.sort()).toEqual([stopped.filename, 'segments'].sort());
});

function namesOf(files: { filename: string }[]): string[] {
  return files.map(({ filename }) => filename);
}

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import {
  decodeRecording,
  expectCatalogToAgree,
  fps,
  hearRecordings,
  newestSegmentSeconds,
  recordingPath,
  smallPicture,
} from './recorded.ts';

const device = 'camera0';

test('every recording is found again in its files, also the one that was running', async () => {
  await using service = await Service.start({ env: smallPicture });
  const first = await service.client();
  const heard = hearRecordings(first);
  const record = async (format: 'mp4' | 'mkv') => {
    await first.call('start_recording', { device, format });
    await until(() => heard.at(-1)?.status === 'STARTED');
    await until(async () => (await newestSegmentSeconds(service)) > 1);
  };
  const closed = [];
  for (const format of ['mp4', 'mkv'] as const) {
    await record(format);
    closed.push(await first.call('stop_recording', { device }));
    await until(() => heard.at(-1)?.status === 'STOPPED');
  }
  await record('mp4');
  await service.kill();
  for (const name of await readdir(service.dataDir)) {
    if (name.startsWith('camera-service.db')) await rm(join(service.dataDir, name));
  }

  await service.startAgain();
  const second = await service.client();
  const { files } = await until(async () => {
    const list = await second.call('list_recordings');
    return list.total === 3 && list;
  });
  const durations = new Map(files.map(({ filename, duration }) => [filename, duration]));
  for (const { filename, duration } of closed)
    expect(Math.abs(durations.get(filename)! - duration)).toBeLessThan(0.1);
  const recovered = files.find(({ filename }) => filename.startsWith(`${device}_recovered_`));
  const { numbers, complaints } = await decodeRecording(recordingPath(service, device, recovered!.filename));
  expect(complaints).toBe('');
  expect(Math.abs(numbers.length - recovered!.duration * fps)).toBeLessThanOrEqual(1);
  await expectCatalogToAgree(service, second);
});

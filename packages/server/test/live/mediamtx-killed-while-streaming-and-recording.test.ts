import { Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { frameDistance } from '../../src/capture/read-number.ts';
import {
  decodeRecording,
  findGaps,
  fps,
  hearRecordings,
  newestSegmentSeconds,
  listSegmentFiles,
  numberAt,
  recordingPath,
  smallPicture,
} from './recorded.ts';
import { RtspPlayer, tryHls, tryWhep } from './watching.ts';

const device = 'camera0';

test('MediaMTX is back, viewers can come again, and the recording goes on into one file', async () => {
  await using service = await Service.start({ env: smallPicture, mediamtx: 'managed' });
  const client = await service.client();
  const heard = hearRecordings(client);
  const mediaStates: string[] = [];
  client.on('system_health_update', ({ components }) => mediaStates.push(components.mediamtx));
  await client.subscribe(['system_health_update', 'recording_status_update']);
  const token = await service.token('viewer');

  await client.call('start_recording', { device });
  await until(() => heard.length > 0);
  const { stream_url: url } = await client.call('get_stream_url', { device });
  await using player = RtspPlayer.open(url);
  await until(() => player.frames > 30);
  await until(async () => (await newestSegmentSeconds(service)) > 2);

  const pid = service.mediaMtxPid;
  const killedAt = Date.now();
  process.kill(pid, 'SIGKILL');
  await player.exited;

  await until(() => mediaStates.includes('ERROR') && mediaStates.at(-1) === 'RUNNING');
  await until(
    async () => (await listSegmentFiles(service)).length === 2 && (await newestSegmentSeconds(service)) > 2,
  );
  const { stream_url: urlAfter } = await client.call('get_stream_url', { device });
  await using again = RtspPlayer.open(urlAfter);
  await until(() => again.frames > 30, { what: 'a player reads again' });
  expect(await tryWhep(service, token)).toBe(201);
  await until(async () => (await tryHls(service, token)) === 200);

  const stopped = await client.call('stop_recording', { device });
  const { numbers, complaints } = await decodeRecording(recordingPath(service, device, stopped.filename));
  expect(complaints).toBe('');
  expect(Math.abs(numbers.length - stopped.duration * fps)).toBeLessThanOrEqual(2);
  const gaps = findGaps(numbers);
  expect(gaps).toHaveLength(1);
  const { index } = gaps[0]!;
  // At most one part of 200 ms was still in memory, and the picture takes its way through encoder and network.
  const lost = frameDistance(numbers[index - 1]!, numberAt(killedAt));
  expect(lost).toBeLessThanOrEqual(fps);
  expect(frameDistance(numberAt(killedAt), numbers[index]!)).toBeGreaterThan(0);

  // It was an outage of MediaMTX: neither recording nor camera had trouble of their own.
  expect(heard.map(({ status }) => status)).toEqual(['STARTED', 'STOPPED']);
  expect(await client.call('get_camera_status', { device })).toMatchObject({
    status: 'CONNECTED',
    status_reason: null,
  });
  expect(await client.call('get_status')).toMatchObject({ status: 'HEALTHY', problems: [] });
});

import { MediaMtx, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import {
  decodeRecording,
  expectCatalogToAgree,
  findGaps,
  hearRecordings,
  newestSegmentSeconds,
  recordingPath,
  smallPicture,
} from './recorded.ts';

const device = 'camera0';

test('an order that MediaMTX carries out after it was given up leaves nothing, and is not in the way', async () => {
  // Not our own, which would be started anew.
  await using server = await MediaMtx.start();
  await using service = await Service.start({
    mediamtx: 'managed',
    env: { ...smallPicture, ...server.serviceFlags, CAMERA_SERVICE_MEDIAMTX_API_TIMEOUT: '1' },
  });
  const client = await service.client();
  const heard = hearRecordings(client);
  await client.call('start_streaming', { device });
  await until(async () => (await client.call('get_stream_status', { device })).ready);

  process.kill(server.pid, 'SIGSTOP');
  await expect(client.call('start_recording', { device })).rejects.toMatchObject({ code: -32050 });
  await until(async () => (await client.call('get_status')).components.mediamtx === 'ERROR');
  process.kill(server.pid, 'SIGCONT');
  await until(async () => (await client.call('get_status')).components.mediamtx === 'RUNNING');

  const { session_id: id, filename } = await until(() => client.call('start_recording', { device }));
  await until(() => heard.some((update) => update.session_id === id && update.status === 'STARTED'));
  await until(async () => (await newestSegmentSeconds(service)) > 1);
  await client.call('stop_recording', { device });
  const { numbers, complaints } = await decodeRecording(recordingPath(service, device, filename));
  expect(complaints).toBe('');
  expect(findGaps(numbers)).toEqual([]);
  await expectCatalogToAgree(service, client);
});

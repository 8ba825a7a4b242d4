import { Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';

test('a test camera is listed, snapped, streamed and recorded', async () => {
  await using service = await Service.start();
  const client = await service.client();

  const { cameras } = await client.call('get_camera_list');
  expect(cameras).toMatchObject([{ device: 'camera0', kind: 'test', status: 'CONNECTED' }]);

  const cold = await client.call('take_snapshot', { device: 'camera0' });
  expect(cold).toMatchObject({ status: 'SUCCESS', width: 1280, height: 720, capture_method: 'direct' });

  await client.call('start_streaming', { device: 'camera0' });
  await until(async () => (await client.call('get_stream_status', { device: 'camera0' })).ready);
  const live = await client.call('take_snapshot', { device: 'camera0' });
  expect(live.capture_method).toBe('live');
  expect(live.age_ms).toBeLessThanOrEqual(100);
});

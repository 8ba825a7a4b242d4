import { Service, until } from '@mediamtx-camera-service/testkit';
import { percentile, spread } from './lib/numbers.mjs';

export const title = 'Status calls';

const calls = [
  { method: 'get_camera_list' },
  { method: 'get_camera_status', params: { device: 'camera0' } },
  { method: 'get_stream_status', params: { device: 'camera0' } },
  { method: 'get_system_status' },
];

export async function run({ isQuick, use }) {
  const count = isQuick ? 200 : 2_000;
  const service = await use(
    Service.start({ args: ['--log-level', 'info'], testCameras: 10, mediamtx: 'managed' }),
  );
  const client = await service.client();
  await client.call('start_streaming', { device: 'camera0' });
  await until(async () => (await client.call('get_stream_status', { device: 'camera0' })).ready);
  const rows = [];
  // The floor of any call: the way there and back through the same client and server.
  const floor = spread(await timeCalls(client, { count, method: 'ping' }));
  for (const { method, params } of calls) {
    const times = await timeCalls(client, { count, method, params });
    rows.push({
      what: `\`${method}\``,
      ours: spread(times),
      beside: `\`ping\` ${floor}`,
      goal: 'p95 ≤ 5 ms',
      isMet: percentile(times, 0.95) <= 5,
    });
  }
  return { rows, notes: [`${count} calls one after the other; 10 cameras, one of them live.`] };
}

async function timeCalls(client, { count, method, params = {} }) {
  const times = [];
  for (let index = 0; index < count + 20; index += 1) {
    const startedAt = performance.now();
    await client.call(method, params);
    // The first twenty warm the code up.
    if (index >= 20) times.push(performance.now() - startedAt);
  }
  return times;
}

import { Program, Service, TempDir, ffmpegBinary, until } from '@mediamtx-camera-service/testkit';
import { pause, percentile, short, spread } from './lib/numbers.mjs';
import { trueAgeMs } from './lib/test-picture.mjs';
import { scope } from './lib/scope.mjs';

export const title = 'Snapshot of a live camera (720p30)';

export async function run({ isQuick, use }) {
  const count = isQuick ? 12 : 60;
  const rivalCount = isQuick ? 6 : 20;
  const service = await use(Service.start({ args: ['--log-level', 'info'], mediamtx: 'managed' }));
  const client = await service.client();
  await client.call('start_streaming', { device: 'camera0' });
  await until(async () => (await client.call('get_stream_status', { device: 'camera0' })).ready);
  await pause(3_000);

  const own = await takeSnapshots(client, count);
  const rival = await grabByFfmpeg(client, rivalCount);
  const times = own.map(({ ms }) => ms);
  const ages = own.map(({ ageMs }) => ageMs);
  const trueAges = own.map(({ trueMs }) => trueMs);
  return {
    rows: [
      {
        what: '`take_snapshot`, request to reply',
        ours: spread(times),
        beside: `\`ffmpeg -i rtsp… -frames:v 1\`: ${spread(rival)}`,
        goal: 'p95 ≤ 150 ms',
        isMet: percentile(times, 0.95) <= 150,
      },
      {
        what: 'Age of its frame at the request, as told (`age_ms`)',
        ours: spread(ages),
        beside: '–',
        goal: 'p95 ≤ 50 ms',
        isMet: percentile(ages, 0.95) <= 50,
      },
      {
        what: 'The same from the frame number in the picture: encoding and transport included',
        ours: spread(trueAges),
        beside: '–',
        goal: '–',
      },
    ],
    notes: [`${count} snapshots at random moments; slowest ${short(Math.max(...times))} ms.`],
  };
}

async function takeSnapshots(client, count) {
  const results = [];
  for (let index = 0; index < count; index += 1) {
    await pause(200 + Math.random() * 1_000);
    const requestedAtMs = Date.now();
    const startedAt = performance.now();
    const taken = await client.call('take_snapshot', { device: 'camera0' });
    const ms = performance.now() - startedAt;
    if (taken.capture_method !== 'live') throw new Error(`not from the live stream: ${taken.capture_method}`);
    results.push({ ms, ageMs: taken.age_ms, trueMs: await trueAgeMs(taken.file_path, requestedAtMs) });
  }
  return results;
}

/** What people do without a service: a new reader that waits for the next keyframe. */
async function grabByFfmpeg(client, count) {
  return await scope(async (use) => {
    const dir = await use(TempDir.create());
    const times = [];
    for (let index = 0; index < count; index += 1) {
      const { stream_url: url } = await client.call('get_stream_url', { device: 'camera0' });
      await pause(200 + Math.random() * 1_000);
      const input = ['-rtsp_transport', 'tcp', '-i', url];
      const output = ['-frames:v', '1', '-q:v', '3', '-y', dir.join('picture.jpg')];
      const startedAt = performance.now();
      const program = await use(
        Program.start({
          command: ffmpegBinary(),
          args: ['-nostdin', '-v', 'error', ...input, ...output],
        }),
      );
      const { code } = await program.exited;
      if (code !== 0) throw new Error(`ffmpeg failed: ${program.stderr}`);
      times.push(performance.now() - startedAt);
    }
    return times;
  });
}

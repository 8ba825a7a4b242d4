import { untilWatched, withBareStream } from './lib/bare-stream.mjs';
import { untilFreshFrame } from './lib/fresh-frame.mjs';
import { killRepeatedly } from './lib/killed.mjs';
import { compared, median, pause, percentile, short, spread } from './lib/numbers.mjs';

export const title = 'MediaMTX is killed: when a viewer has the picture back';

export async function run({ isQuick, use }) {
  const rounds = isQuick ? 3 : 12;
  const times = await killRepeatedly({ name: 'mediamtx', rounds, use });
  const bare = await withBareStream(
    (publisher) => ({ runOnInit: publisher }),
    (stream) => restartBare(stream, rounds),
  );
  const whole = bare.map(({ frameMs }) => frameMs);
  return {
    rows: [
      {
        what: 'SIGKILL of MediaMTX to the first new frame at a viewer (RTSP)',
        ours: spread(times),
        beside: `a bare MediaMTX killed, started at once, its \`runOnInit\` publishing: ${compared(times, whole)}; MediaMTX alone is at its API after ${short(median(bare.map(({ apiMs }) => apiMs)))} ms`,
        goal: 'p95 ≤ 3 s',
        isMet: percentile(times, 0.95) <= 3_000,
      },
    ],
    notes: [
      `${rounds} times, each after 10 s of health and at a random moment; the test camera, 720p30. The viewer comes again 20 ms after he was cut off. That a frame was made after the kill is read from the number in its picture. Bare is the least that it can take: nobody has to notice, and the same ffmpeg command line is started by MediaMTX itself. Its API is asked for every 25 ms.`,
    ],
  };
}

async function restartBare({ server, viewer }, rounds) {
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    await untilWatched(viewer);
    await pause(1_000 + Math.random() * 1_000);
    viewer.forget();
    const killedMs = Date.now();
    const fresh = untilFreshFrame(viewer, killedMs);
    await server.restart();
    const apiMs = Date.now() - killedMs;
    results.push({ apiMs, frameMs: await fresh });
  }
  return results;
}

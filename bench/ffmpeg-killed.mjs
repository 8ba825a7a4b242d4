import { Program } from '@mediamtx-camera-service/testkit';
import { untilWatched, withBareStream } from './lib/bare-stream.mjs';
import { untilFreshFrame } from './lib/fresh-frame.mjs';
import { killOnce, killRepeatedly, pidOf } from './lib/killed.mjs';
import { compared, pause, percentile, spread } from './lib/numbers.mjs';

export const title = 'ffmpeg is killed: when a viewer has the picture back';

export async function run({ isQuick, use }) {
  const rounds = isQuick ? 3 : 12;
  const bare = [];
  const times = await withBareStream(
    () => ({}),
    (stream) =>
      killRepeatedly({
        name: 'ffmpeg',
        rounds,
        use,
        meanwhile: async () => bare.push(await startBare(stream)),
      }),
  );
  const rival = await withBareStream(
    (publisher) => ({ runOnInit: publisher, runOnInitRestart: true }),
    (stream) => killRival(stream, Math.ceil(rounds / 2)),
  );
  const row = (beside) => ({
    what: 'SIGKILL of ffmpeg to the first new frame at a viewer (RTSP)',
    ours: spread(times),
    beside,
  });
  return {
    rows: [
      {
        ...row(`bare ffmpeg to a bare MediaMTX to the viewer, from its start: ${compared(times, bare)}`),
        goal: 'p95 ≤ 2 s',
        isMet: percentile(times, 0.95) <= 2_000,
      },
      { ...row(`MediaMTX’s own \`runOnInit\` with \`runOnInitRestart\`: ${spread(rival)}`), goal: '–' },
    ],
    notes: [
      `${rounds} times, each after 10 s of health and at a random moment; the test camera, 720p30. The viewer comes again 20 ms after he was cut off. That a frame was made after the kill is read from the number in its picture. The bare ffmpeg is the same command line; its starts and the kills take turns.`,
    ],
  };
}

async function startBare({ viewer, publisher }) {
  viewer.forget();
  const startedMs = Date.now();
  const ffmpeg = Program.start({ command: publisher, args: [] });
  try {
    return await untilFreshFrame(viewer, startedMs);
  } finally {
    await ffmpeg.stop();
  }
}

async function killRival({ server, viewer }, rounds) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    await untilWatched(viewer);
    await pause(Math.random() * 1_000);
    times.push(await killOnce({ pid: await pidOf(server, 'ffmpeg'), viewer }));
  }
  return times;
}

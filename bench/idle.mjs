import { Program, Service, ffmpegBinary, until } from '@mediamtx-camera-service/testkit';
import { pause, short } from './lib/numbers.mjs';
import { childrenOf, cpuShares, memoryMb, nameOf } from './lib/processes.mjs';
import { scope } from './lib/scope.mjs';

export const title = 'At rest and at work: memory and CPU of the service’s own process';

export async function run({ isQuick }) {
  const seconds = isQuick ? 8 : 30;
  const one = await measure({ cameras: 1, seconds });
  const eight = await measure({ cameras: 8, seconds });
  const growthMb = (eight.idle.memory - one.idle.memory) / 7;
  return {
    rows: [
      row({
        what: '1 camera, nobody watches',
        ...one.idle,
        goal: '≤ 120 MB, ≤ 1 %',
        isMet: one.idle.memory <= 120 && one.idle.cpu.service <= 1,
      }),
      row({
        what: '1 camera, one RTSP viewer',
        ...one.live,
        goal: '≤ 120 MB',
        isMet: one.live.memory <= 120,
      }),
      row({
        what: '8 cameras, nobody watches',
        ...eight.idle,
        goal: '≤ 1 %, ≤ 5 MB more a camera',
        isMet: eight.idle.cpu.service <= 1 && growthMb <= 5,
      }),
      row({ what: '8 cameras, each with an RTSP viewer', ...eight.live, goal: '–' }),
    ],
    notes: [
      `CPU over ${seconds} s each; memory as PSS. Every camera is 1280x720 at 30 frames a second. The ffmpeg figure is the sum of the encoders.`,
    ],
  };
}

/** One line of the table. */
function row({ what, memory, cpu, goal, isMet }) {
  const encoders = cpu.ffmpeg === undefined ? '' : `, ffmpeg ${short(cpu.ffmpeg)} %`;
  return {
    what,
    ours: `${short(memory)} MB, ${short(cpu.service)} % of a core`,
    beside: `MediaMTX ${short(cpu.mediamtx)} %${encoders}`,
    goal,
    isMet,
  };
}

async function measure({ cameras, seconds }) {
  return await scope(async (use) => {
    const service = await use(
      Service.start({
        args: ['--log-level', 'info'],
        testCameras: cameras,
        mediamtx: 'managed',
      }),
    );
    // The first pictures of all cameras are taken after the start.
    await until(() => encodersOf(service).length === 0, { timeoutMs: 60_000 });
    await pause(seconds * 500);
    const idle = await sample(service, seconds);
    const readers = await use(watchAll(service, cameras));
    await pause(5_000);
    const live = await sample(service, seconds);
    if (readers.hasEnded()) throw new Error('a viewer ended early');
    return { idle, live };
  });
}

async function sample(service, seconds) {
  const encoders = encodersOf(service);
  const groups = { service: service.pid, mediamtx: service.mediaMtxPid };
  const cpu = await cpuShares({ ...groups, ...(encoders.length > 0 && { ffmpeg: encoders }) }, seconds);
  return { memory: memoryMb(service.pid), cpu };
}

function encodersOf(service) {
  return childrenOf(service.pid).filter((pid) => nameOf(pid) === 'ffmpeg');
}

/** One viewer a camera, that only receives. */
async function watchAll(service, cameras) {
  const client = await service.client();
  const programs = [];
  for (let number = 0; number < cameras; number += 1) {
    const device = `camera${number}`;
    const { stream_url: url } = await client.call('get_stream_url', { device });
    const args = [
      '-nostdin',
      '-v',
      'error',
      '-rtsp_transport',
      'tcp',
      '-i',
      url,
      '-c',
      'copy',
      '-f',
      'null',
      '-',
    ];
    programs.push(Program.start({ command: ffmpegBinary(), args }));
    const isWatched = async () => (await client.call('get_stream_status', { device })).ready;
    await until(isWatched, { what: `${device} is live`, timeoutMs: 60_000 });
  }
  await client.stop();
  return {
    hasEnded: () => programs.some(({ hasExited }) => hasExited),
    [Symbol.asyncDispose]: () => Promise.all(programs.map((program) => program.stop())),
  };
}

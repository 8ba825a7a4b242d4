// Pulls a camera that is watched and plugs it in again, and prints when a viewer has its picture back, part by part.
// Then the same ffmpeg, bare. Usage: node replug.mjs CYCLES
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MediaMtx, Program } from '@mediamtx-camera-service/testkit';
import { startService } from '../../packages/server/test/vm/guest/camera-service.mjs';
import { report, until } from '../../packages/server/test/vm/guest/steps.mjs';
import { childrenNamed, startedMs } from '../lib/processes.mjs';
import { Viewer } from '../lib/viewer.mjs';
import { loadCameras, madeMs, reportWork, restAtRandom, turn } from './steps.mjs';

const cycles = Number(process.argv[2]);
const DEVICE = 'camera0';
// A third loss within 30 s makes a camera a flapping one, whose changes are told late.
const LOSS_PAUSE_MS = 15_500;
const STEADY_FRAMES = 5;
const PATIENCE_MS = 120_000;
// In the guest, a viewer who asked without a pause would take the processor from all others.
const RETRY_MS = 100;

async function measureService() {
  const { service, call, told } = await startService({ testCameras: 0, args: ['--log-level', 'info'] });
  const hears = (status, from) =>
    until(
      status,
      () =>
        told
          .slice(from)
          .find(({ name, params }) => name === 'camera_status_update' && params.status === status),
      PATIENCE_MS,
    );
  const isUnused = () => childrenNamed(service.pid, 'ffmpeg').length === 0;
  try {
    await turn(1, 'bind');
    await until('the camera', async () => (await call('get_camera_list')).connected > 0);
    const { stream_url: url } = await call('get_stream_url', { device: DEVICE });
    await call('start_streaming', { device: DEVICE });
    const viewer = new Viewer(url, { retryMs: RETRY_MS });
    const results = [];
    let command;
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      await until('a steady picture', () => viewer.frameTimes.length >= STEADY_FRAMES, PATIENCE_MS);
      const [from, lostMs] = [told.length, Date.now()];
      await turn(1, 'unbind');
      await hears('DISCONNECTED', from);
      await until('the device to be left', isUnused, PATIENCE_MS);
      await restAtRandom(Math.max(500, lostMs + LOSS_PAUSE_MS - Date.now()));
      viewer.forget();
      const back = told.length;
      const connected = hears('CONNECTED', back);
      await turn(1, 'bind');
      const { atMs } = await connected;
      const frameMs = await until('a new frame', () => viewer.frameTimes[0], PATIENCE_MS);
      const { pid } = (await call('get_stream_status', { device: DEVICE })).ffmpeg_process;
      command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
      const [bornMs, ffmpegMs] = [madeMs(), startedMs(pid)];
      results.push({
        frameMs: frameMs - bornMs,
        connectedMs: atMs - bornMs,
        startMs: ffmpegMs - atMs,
        ffmpegMs: frameMs - ffmpegMs,
      });
    }
    report('service', { cycles: results, command: command.slice(0, -1) });
    await viewer[Symbol.asyncDispose]();
    return command;
  } finally {
    // Told if this fails.
    console.error(service.log.slice(-4_000));
    await service[Symbol.asyncDispose]();
  }
}

/** The service's own command line, but for the address; the viewer waits already, as he does there. */
async function measureBare([command, ...args]) {
  const server = await MediaMtx.start({ config: { paths: { camera0: {} } } });
  const url = `${server.rtspUrl}/${DEVICE}`;
  const viewer = new Viewer(url, { retryMs: RETRY_MS });
  const times = [];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    await restAtRandom(1_000);
    viewer.forget();
    const startMs = Date.now();
    const ffmpeg = Program.start({
      command: 'sh',
      args: ['-c', 'exec "$@" 3>/dev/null', 'sh', command, ...args.slice(0, -1), url],
    });
    const frameMs = await until('a frame', () => viewer.frameTimes[0], PATIENCE_MS).catch((error) => {
      throw new Error(`no frame: ${ffmpeg.stderr}`, { cause: error });
    });
    times.push(frameMs - startMs);
    await until('a steady picture', () => viewer.frameTimes.length >= STEADY_FRAMES, PATIENCE_MS);
    await ffmpeg.stop();
    await sleep(RETRY_MS);
  }
  report('bare', { times });
  await viewer[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
}

await loadCameras(1);
reportWork();
const command = await measureService();
await measureBare(command);
reportWork();

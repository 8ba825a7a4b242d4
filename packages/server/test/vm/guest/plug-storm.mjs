// Two cameras, one recorded and one kept live, while they are pulled and plugged and their programs are killed in a
// random order that the seed decides; then all is left alone, and what has become of it is reported.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { seeded } from '@mediamtx-camera-service/testkit';

import { decode, runningPrograms, startService } from './camera-service.mjs';
import { isSound, QUICK_TO_NOTICE } from './fault-lab.mjs';
import { report, run, until } from './steps.mjs';

const STEPS = 50;
const PAUSE_MS = 600;
// Connections to MediaMTX that wait for the next call.
const KEPT_OPEN = 4;
const CAMERAS = ['1', '2'];
const random = seeded(Number(process.argv[2]));
const choose = (options) => options[Math.floor(random() * options.length)];

const { service, call } = await startService({ env: QUICK_TO_NOTICE, testCameras: 0 });
const status = (device) => call('get_camera_status', { device });
const isPlugged = (camera) =>
  readdirSync('/sys/bus/platform/devices').includes(`vivi${camera}.0`) && isBound(camera);
const isBound = (camera) => {
  try {
    return readdirSync(`/sys/bus/platform/drivers/vivi${camera}`).includes(`vivi${camera}.0`);
  } catch {
    return false; // its driver isn't loaded
  }
};

/** A plug that comes while the last pull is still under way is refused, as a hand would find the port taken. */
async function use(command, camera) {
  await run(command, camera).catch(() => undefined);
}

const steps = {
  unplug: (camera) => use('unplug', camera),
  plug: (camera) => use('plug', camera),
  replug: async (camera) => {
    await use('unplug', camera);
    await use('plug', camera);
  },
  killCapture: () => kill(/ffmpeg.*-f v4l2/),
  killMediaMtx: () => kill(/mediamtx .*\.yml/),
};

function kill(command) {
  const victim = choose(runningPrograms().filter((program) => command.test(program.command)));
  try {
    if (victim) process.kill(victim.pid, 'SIGKILL');
  } catch {
    // it ended by itself in between
  }
}

async function rage() {
  for (let step = 0; step < STEPS; step += 1) {
    const name = choose(Object.keys(steps));
    const camera = choose(CAMERAS);
    console.error(`${step}: ${name} ${camera}`);
    await steps[name](camera);
    await sleep(random() * PAUSE_MS);
  }
}

async function calms() {
  for (const camera of CAMERAS) {
    await until(`camera ${camera} to be plugged in`, async () => {
      if (!isPlugged(camera)) await use('plug', camera);
      return isPlugged(camera);
    });
  }
  // Half a minute after the last loss a camera counts as flapping no more.
  return until('both cameras to be live and steady', async () => {
    const both = await Promise.all(['camera0', 'camera1'].map(status));
    return both.every(({ state, reason_code }) => state === 'live' && isSound(reason_code)) && both;
  });
}

/** What is in use when all is quiet: a reader that is just being replaced has its socket still, a leak has it for ever. */
async function resourcesLeft({ descriptors: most, programs, paths }) {
  let left;
  const isBack = async () => {
    left = await resourcesInUse();
    const isSame = left.programs === programs && left.paths.join() === paths.join();
    return isSame && left.descriptors <= most + KEPT_OPEN;
  };
  // What stays is the host's to judge.
  await until('what was opened to be closed', isBack).catch(({ message }) => console.error(message));
  return left;
}

/** What may grow by mistake. */
async function resourcesInUse() {
  const pid = service.pid;
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    programs: runningPrograms().filter(({ command }) => /ffmpeg.*-f v4l2|mediamtx .*\.yml/.test(command))
      .length,
    paths: (await call('get_streams')).map(({ name }) => name).toSorted(),
  };
}

try {
  await call('set_camera', { device: 'camera1', mode: 'always' });
  await call('start_recording', { device: 'camera0' });
  await calms();
  const before = { cameras: (await call('get_camera_list')).cameras, use: await resourcesInUse() };
  await rage();
  const cameras = await calms();
  const after = await resourcesLeft(before.use);
  const stopped = await call('stop_recording', { device: 'camera0' });
  const path = join(service.dataDir, 'recordings', 'camera0', stopped.filename);
  const { frames, complaints } = await decode(path);
  const health = await call('get_status');
  report('storm', {
    before,
    after,
    cameras: cameras.map(({ device, name, status: state, reason_code }) => ({
      device,
      name,
      state,
      reason_code,
    })),
    known: (await call('get_camera_list')).cameras.length,
    recording: { frames, complaints, duration: stopped.duration },
    files: readdirSync(join(service.dataDir, 'recordings', 'camera0')),
    health,
  });
  const code = await service.stop();
  report('ended', { code, left: runningPrograms().filter(({ pid }) => pid !== process.pid) });
} catch (error) {
  console.error(service.log);
  throw error;
} finally {
  await service[Symbol.asyncDispose]();
}

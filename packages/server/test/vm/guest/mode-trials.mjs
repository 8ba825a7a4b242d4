// A webcam with two sizes, whose best one is tried: when it gives too few frames, when both do, and when it gives enough.
// Figures depend on the machine; the host judges whether what was said and what was done follow from them.
import { UsbWebcam } from '@mediamtx-camera-service/testkit';

import { until } from './steps.mjs';
import { call, cameraOf, pull, statusOf, toldOf, told } from './usb-lab.mjs';

const BEST = { width: 320, height: 180 };
const LOWER = { width: 160, height: 96 };
const FPS = 8;
// Of the rate that this machine has just shown: what a sound camera promises must be well below it, whoever else works.
const SHARE_OF_THE_FLOOR = 1 / 3;
const LEAST_FPS = 2;
// Longer than the trial of a mode; counted in frames, of which no second has more than were promised.
const TRIAL_S = 8;

function makeWebcam({ port, name, serial, fps }) {
  const sizes = [BEST, LOWER].map((size) => ({ ...size, fps: [fps] }));
  return UsbWebcam.create({
    ...{ port, name, serial, productId: '0b00' },
    formats: [{ pixelFormat: 'MJPG', sizes }],
  });
}

export const slow = makeWebcam({ port: 7, name: 'Slow Webcam', serial: 'S1', fps: FPS });

const framesOf = async (device) => (await call('get_stream_status', { device })).metrics.frames_sent;

const untilFrames = (device, count) =>
  until(`${count} frames of one run of ${device}`, async () => (await framesOf(device)) >= count);

/** What was said of the trial, and what became of it. */
async function outcome(device, from) {
  const { resolution, state, metrics } = await statusOf(device);
  const said = toldOf(device, from).filter(({ reason_code: code }) => code === 'starved');
  return {
    final: { resolution, state, mode_reason: metrics.mode_reason },
    said: said.map(({ resolution: size, status_reason: words }) => ({ resolution: size, words })),
  };
}

/** The fault ends as soon as the lower mode is taken, so that mode is the faster one. */
async function stepsDown() {
  slow.setFault('sparse');
  await slow.plug();
  const device = await cameraOf(slow);
  const from = told.length;
  await call('set_camera', { device, mode: 'always' });
  await until('a lower mode', () => slow.streaming?.width === LOWER.width);
  slow.setFault('none');
  await untilFrames(device, 2 * FPS);
  const [startMs, first] = [performance.now(), await framesOf(device)];
  await untilFrames(device, TRIAL_S * FPS);
  const seconds = (performance.now() - startMs) / 1000;
  const floorFps = ((await framesOf(device)) - first) / seconds;
  return { device, floorFps, helped: await outcome(device, from) };
}

/** Both modes give the same few frames. */
async function keepsTheBest(device) {
  await pull(slow, device);
  slow.setFault('sparse');
  // Forgets which modes have failed.
  await call('set_camera', { device, fps: FPS });
  const from = told.length;
  await slow.plug();
  await until('a lower mode', () => slow.streaming?.width === LOWER.width);
  await until('the verdict on the lower mode', async () => {
    const { said } = await outcome(device, from);
    return said.some(({ words }) => words.startsWith('the camera gives'));
  });
  const best = await until('the camera to be live', async () => {
    const now = await outcome(device, from);
    const { state, mode_reason: reason } = now.final;
    // In its best mode it is measured once more, and may be told by another figure any time.
    return state === 'live' && reason === now.said.at(-1)?.words && now;
  });
  await pull(slow, device);
  return best;
}

async function leavesASoundOneAlone(floorFps) {
  const promisedFps = Math.min(FPS, Math.max(LEAST_FPS, Math.round(floorFps * SHARE_OF_THE_FLOOR)));
  const sound = makeWebcam({ port: 10, name: 'Sound Webcam', serial: 'S2', fps: promisedFps });
  try {
    await sound.plug();
    const device = await cameraOf(sound);
    const from = told.length;
    await call('set_camera', { device, mode: 'always', fps: promisedFps });
    await untilFrames(device, TRIAL_S * promisedFps);
    return { promisedFps, ...(await outcome(device, from)) };
  } finally {
    await sound.unplug();
  }
}

export async function triesModes() {
  const { device, floorFps, helped } = await stepsDown();
  const best = await keepsTheBest(device);
  return { floorFps, helped, best, sound: await leavesASoundOneAlone(floorFps) };
}

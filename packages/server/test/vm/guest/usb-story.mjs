// The real service and USB webcams that the kernel's own driver reads: moved, set, mistaken for each other, and broken.
// Prints one JSON a line.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { refusal, tells } from './camera-service.mjs';
import { slow, triesModes } from './mode-trials.mjs';
import { report, until } from './steps.mjs';
import {
  call,
  cameraOf,
  controlsOf,
  identityOf,
  makeWebcam,
  pull,
  service,
  statusOf,
  tell,
  told,
  toldOf,
  untilStatus,
  WatchedCamera,
} from './usb-lab.mjs';
import { numberNow, readRecordedNumbers } from './usb-numbers.mjs';

const FAILURES_OF_A_DEAD_DEVICE = 4;
const hd = makeWebcam({ port: 0, name: 'HD Webcam', vendorId: '046d', productId: '082d', serial: '4F2A91' });
const twins = [2, 3].map((port) =>
  makeWebcam({ port, name: 'Twin Webcam', productId: '0a00', serial: null }),
);

async function isFound() {
  await hd.plug();
  const device = await cameraOf(hd);
  const capabilities = await until('confirmed capabilities', async () => {
    const answer = await call('get_camera_capabilities', { device });
    return answer.validation_status === 'CONFIRMED' && answer;
  });
  return { status: await statusOf(device), capabilities };
}

async function isMovedWhileRecorded(camera) {
  const { device } = camera;
  let from = told.length;
  const hears = (status) => tells({ told, from, name: 'recording_status_update', fields: { status } });
  await call('start_recording', { device });
  await hears('STARTED');
  await camera.seesNow();
  const before = await statusOf(device);
  from = told.length;
  const gone = await pull(hd, device);
  await hd.plug(5);
  const plugged = numberNow();
  await hears('STARTED');
  await camera.seesNow();
  const after = await statusOf(device);
  const { filename } = await call('stop_recording', { device });
  const directory = join(service.dataDir, 'recordings', device);
  return {
    ...{ before, gone, after, plugged, filename, told: toldOf(device, from) },
    files: readdirSync(directory).filter((name) => name.endsWith('.mp4')),
    recorded: await readRecordedNumbers(join(directory, filename)),
  };
}

/** In the device itself. */
function valuesOf(webcam) {
  const names = [
    'brightness',
    'contrast',
    'powerLineFrequency',
    'whiteBalanceAuto',
    'whiteBalanceTemperature',
  ];
  return Object.fromEntries(names.map((name) => [name, webcam.control(name)]));
}

async function keepsItsControls(device) {
  const set = (controls) => call('set_camera_controls', { device, controls });
  const offered = await controlsOf(device);
  await set({ brightness: -20, power_line_frequency: '60 Hz' });
  const wasSet = valuesOf(hd);
  const tooMuch = await refusal(set({ contrast: 50, brightness: 65 }));
  const inactive = await refusal(set({ white_balance_temperature: 3000 }));
  const afterRefusals = valuesOf(hd);
  await pull(hd, device);
  // A device that has just come is not always ready for what it is told.
  hd.refuseNextSetting('brightness');
  await hd.plug();
  const forgotten = valuesOf(hd);
  await cameraOf(hd);
  await until('both controls to be set again', () => {
    return hd.control('brightness') === -20 && hd.control('powerLineFrequency') === 2;
  });
  const { controls: manual } = await set({ white_balance_automatic: false, white_balance_temperature: 3000 });
  return {
    offered,
    wasSet,
    tooMuch,
    inactive,
    afterRefusals,
    forgotten,
    manual,
    values: valuesOf(hd),
  };
}

const fault = (name) => () => hd.setFault(name);
const hasReason = (code) => (one) => one.kind === 'camera' && one.reason_code === code;

/** The faults that a driver without a device can't show. */
async function survivesFaults(camera) {
  const heal = fault('none');
  const untilFrames = async () => {
    const [from, made] = [camera.viewer.frames.length, hd.frameNumber];
    await until(
      'bad pictures',
      () => camera.viewer.frames.length >= from + 10 && hd.frameNumber >= made + 10,
    );
  };
  await camera.isTried();
  await tell('corrupt', () => camera.survive({ fault: fault('corrupt'), during: untilFrames, heal }));
  await tell('black', () => camera.survive({ fault: fault('black'), shows: hasReason('black'), heal }));
  await tell('frozen', () => camera.survive({ fault: fault('freeze'), shows: hasReason('frozen'), heal }));
  await tell('fails-once', () =>
    camera.survive({
      fault: async () => {
        hd.failNextStart();
        await call('set_camera', { device: camera.device, bitrate: 400 });
      },
      // Until then the pictures are those of the run before.
      during: ({ metrics }) =>
        untilStatus(camera.device, 'to have failed', (status) => status.metrics.restarts > metrics.restarts),
    }),
  );
  await tell('dead', () =>
    camera.survive({
      fault: fault('dead'),
      shows: ({ kind, status }) => kind === 'camera' && status === 'ERROR',
      during: ({ metrics }) =>
        untilStatus(camera.device, 'to be tried often', (status) => {
          return status.metrics.restarts >= metrics.restarts + FAILURES_OF_A_DEAD_DEVICE;
        }),
      heal,
    }),
  );
}

async function swapsTwins() {
  for (const twin of twins) await twin.plug();
  const devices = [await cameraOf(twins[0]), await cameraOf(twins[1])];
  const before = await Promise.all(devices.map(identityOf));
  for (const [index, twin] of twins.entries()) await pull(twin, devices[index]);
  for (const twin of twins.toReversed()) {
    await twin.plug();
    await twin.node();
  }
  for (const twin of twins) await cameraOf(twin);
  return { before, after: await Promise.all(devices.map(identityOf)) };
}

async function asksAboutTwins() {
  const known = [await cameraOf(twins[0]), await cameraOf(twins[1])];
  const [first, second] = known;
  await call('set_camera', { device: first, name: 'Left' });
  await call('set_camera_controls', { device: first, controls: { brightness: 10 } });
  for (const [index, twin] of twins.entries()) await pull(twin, known[index]);
  await twins[0].plug(8);
  const newcomer = await cameraOf(twins[0]);
  const asked = await identityOf(newcomer);
  await twins[1].plug(9);
  const other = await cameraOf(twins[1]);
  const askedToo = await identityOf(other);
  await call('merge_cameras', { device: first, other: newcomer });
  await until('the controls to follow', () => twins[0].control('brightness') === 10);
  const merged = await identityOf(first);
  const gone = await refusal(statusOf(newcomer));
  const leftOver = await identityOf(other);
  await call('forget_camera', { device: second });
  return {
    known,
    asked,
    askedToo,
    node: await twins[0].node(),
    merged,
    gone,
    leftOver,
    sure: await identityOf(other),
  };
}

try {
  await tell('found', isFound);
  const camera = await WatchedCamera.watch(await cameraOf(hd));
  await tell('moved', () => isMovedWhileRecorded(camera));
  await tell('controls', () => keepsItsControls(camera.device));
  await survivesFaults(camera);
  await camera.viewer.stop();
  await tell('twins', swapsTwins);
  await tell('tie', asksAboutTwins);
  await tell('mode-trials', triesModes);
  report('ended', { code: await service.stop(), guestMs: Math.round(performance.now()) });
} finally {
  // Told also when all went well: a host that finds a fault wants to know what the service thought.
  console.error(service.log);
  await service[Symbol.asyncDispose]();
  for (const webcam of [hd, slow, ...twins]) await webcam.unplug();
}

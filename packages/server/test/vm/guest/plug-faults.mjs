// Pulls, moves, shakes and swaps cameras that are watched and recorded, one JSON a line.
import { readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { openDevice } from '../../../dist/devices/v4l2/ioctl.js';
import { startService } from './camera-service.mjs';
import { FaultLab, QUICK_TO_NOTICE } from './fault-lab.mjs';
import { report, run, until } from './steps.mjs';

const WITH_METADATA_NODE = 'node_types=0x20001';
const TWO_EQUAL = ['n_devs=2', 'node_types=0x1,0x1', 'num_inputs=1,1', 'input_types=0x0,0x0'];
const VIDIOC_QUERYCAP = 0x80685600;
const MOST_FLAPS = 12;
const SHAKES = 10;
// Ten in five seconds: one pull and one plug in each.
const SHAKE_MS = 250;

const isAbsent = ({ status }) => status === 'DISCONNECTED';
const isFlapping = ({ reason_code: code }) => code === 'flapping';
/** The number can be chosen, and the parameters given, only once the last who held the camera has let it go. */
const plug = (...args) =>
  until(`plug ${args.join(' ')}`, () =>
    run('plug', ...args).then(
      () => true,
      () => false,
    ),
  );

await plug('1', WITH_METADATA_NODE);
const started = await startService({ env: QUICK_TO_NOTICE });
const { service, call } = started;
const cameras = async () => (await call('get_camera_list')).cameras.filter(({ kind }) => kind === 'usb');

async function leavesTheMetadataNodeOut() {
  await until('the camera', async () => (await cameras()).length > 0);
  report('metadata-node', {
    nodes: readdirSync('/dev').filter((name) => /^video\d+$/.test(name)),
    cameras: (await cameras()).map(({ device, device_path }) => ({ device, device_path })),
  });
}

async function survivesPulls(lab) {
  await lab.survive('unplugged', {
    fault: () => run('unplug', '1'),
    shows: isAbsent,
    heal: () => plug('1', WITH_METADATA_NODE),
  });
  await lab.survive('elsewhere', {
    fault: () => run('unplug', '1'),
    shows: isAbsent,
    heal: () => plug('1', '7', WITH_METADATA_NODE),
  });
}

/** The driver's own door, since `plug` takes longer than a bad cable. */
function use(door) {
  writeFileSync(`/sys/bus/platform/drivers/vivi1/${door}`, 'vivi1.0');
}

/** As often as the service can see it, each loss and each return waited for, until it calls that flapping. */
async function survivesFlapping(lab) {
  await lab.survive('flapping', {
    fault: async () => {
      for (let flap = 0; flap < MOST_FLAPS && !isFlapping(await lab.status()); flap += 1) {
        use('unbind');
        await lab.untilStatus('the loss', isAbsent);
        use('bind');
        await lab.untilStatus('the return', (status) => !isAbsent(status));
      }
    },
    shows: isFlapping,
    isLasting: true,
  });
}

/** Faster than anybody looks. */
async function survivesShaking(lab) {
  await lab.survive('shaken', {
    fault: async () => {
      for (let shake = 0; shake < SHAKES; shake += 1) {
        use('unbind');
        await sleep(SHAKE_MS);
        use('bind');
        await sleep(SHAKE_MS);
      }
    },
  });
}

/** Same name, same port; only the bus tells them apart. They come back with their numbers swapped. */
async function survivesASwap() {
  await plug('4', ...TWO_EQUAL, 'vid_cap_nr=10,11');
  const both = await until('both cameras', async () => {
    const equal = (await cameras()).filter(({ device_path }) => /video1[01]$/.test(device_path));
    return equal.length === 2 && equal.map(({ device }) => device);
  });
  const places = async () => Promise.all(both.map(placeOf));
  const lab = new FaultLab(started, both[0]);
  await lab.start();
  const before = await places();
  await lab.survive('swapped', {
    fault: () => run('unplug', '4'),
    shows: isAbsent,
    heal: () => plug('4', ...TWO_EQUAL, 'vid_cap_nr=11,10'),
  });
  await until('both to be back', async () => (await places()).every(({ node }) => node));
  report('places', { before, after: await places() });
  await lab.stop('swapped-recording');
}

/** At which node a camera is, and which device that is by the driver's own word. */
async function placeOf(device) {
  const { device_path: node, identity } = await call('get_camera_status', { device });
  if (node === null) return { device, node };
  const opened = await openDevice(node);
  const capability = Buffer.alloc(104);
  opened.ioctl(VIDIOC_QUERYCAP, capability);
  await opened.close();
  const bus = capability.toString('latin1', 48, 80).replace(/\0.*$/s, '');
  return { device, node, bus, identity };
}

try {
  await leavesTheMetadataNodeOut();
  const [{ device }] = await cameras();
  const lab = new FaultLab(started, device);
  await lab.start();
  await survivesPulls(lab);
  await survivesFlapping(lab);
  await survivesShaking(lab);
  await lab.stop('recording');
  await run('unplug', '1');
  await survivesASwap();
  report('ended', { code: await service.stop() });
} catch (error) {
  console.error(service.log);
  throw error;
} finally {
  await service[Symbol.asyncDispose]();
}

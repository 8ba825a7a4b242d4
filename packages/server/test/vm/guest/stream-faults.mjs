// Lets every fault that a streaming camera can have befall it, one JSON a line.
// Its rights are root's but for the one to open what belongs to others: `setpriv --bounding-set -dac_override`.
import { chmod, chown } from 'node:fs/promises';

import { ffmpegBinary } from '@mediamtx-camera-service/testkit';

import { startService } from './camera-service.mjs';
import { FaultLab, QUICK_TO_NOTICE } from './fault-lab.mjs';
import { findStreaming, holdCamera, setOff, slowDown } from './faults.mjs';
import { report, until } from './steps.mjs';

const DEVICE = 'camera0';
const NODE = '/dev/video0';
const NOBODY = 65_534;
const BLACK = 5;
const NO_TEXT = 2;
const HALF_THE_RATE = 2;

const started = await startService({ env: QUICK_TO_NOTICE });
const { service, call } = started;
const lab = new FaultLab(started, DEVICE);
const hasReason = (code) => (status) => status.reason_code === code;

/** Once, at the next start of the stream, which an input error brings about. */
async function survivesARefusal(step, fault) {
  await lab.survive(step, { fault: () => lab.set({ [fault]: 1, fatalStreamingError: 1 }) });
}

async function survivesNoFrames() {
  await lab.survive('no-frames', {
    fault: () => lab.set({ droppedBuffersPercent: 100 }),
    shows: ({ status, reason_code }) => status === 'ERROR' && reason_code === 'stalled',
    heal: () => lab.set({ droppedBuffersPercent: 0 }),
  });
}

/** The node stays, but all that is asked of it fails; it heals when the last who has it open closes it. */
async function survivesADeadDevice() {
  let device;
  await lab.survive('dead', {
    fault: async () => {
      device = await lab.tamper({ disconnect: 1 });
    },
    shows: hasReason('dead'),
    heal: () => device.close(),
  });
}

async function survivesMissingRights() {
  await lab.survive('denied', {
    fault: async () => {
      const device = await lab.tamper({});
      await chown(NODE, NOBODY, NOBODY);
      await chmod(NODE, 0o600);
      setOff('fatalStreamingError', device);
      await device.close();
    },
    shows: hasReason('permission'),
    heal: () => chown(NODE, 0, 0),
  });
}

/** Lent, so that another program takes it; taken back while that one still has it. */
async function survivesAnotherProgram() {
  let holder;
  await lab.survive('busy', {
    fault: async () => {
      await call('release_camera', { device: DEVICE, seconds: 600 });
      const lent = await lab.untilStatus('the camera to be lent', ({ state }) => state === 'lent');
      holder = await holdCamera(ffmpegBinary(), NODE);
      report('lent', { status: lent, pid: holder.pid });
      await call('reclaim_camera', { device: DEVICE });
    },
    shows: ({ reason_code, status_reason }) => reason_code === 'busy' && /process \d/.test(status_reason),
    heal: () => holder.release(),
  });
}

/** The picture comes, but it is no picture of now, or there is nothing in it. */
async function survivesBadPictures() {
  await lab.survive('frozen', {
    fault: () => lab.set({ osdTextMode: NO_TEXT }),
    shows: hasReason('frozen'),
    heal: () => lab.set({ osdTextMode: 0 }),
  });
  await lab.survive('black', {
    fault: () => lab.set({ osdTextMode: NO_TEXT, testPattern: BLACK }),
    shows: hasReason('black'),
    heal: () => lab.set({ osdTextMode: 0, testPattern: 0 }),
  });
}

/** From the begin of a stream on: a mode that never had its rate. */
async function survivesHalfOfTheFrames() {
  await lab.survive('half-the-frames', {
    fault: async () => {
      const [before] = findStreaming(NODE);
      const device = await lab.tamper({ fatalStreamingError: 1 });
      await until('the next stream', () => findStreaming(NODE).some((pid) => pid !== before));
      slowDown(device, HALF_THE_RATE);
      await device.close();
    },
    shows: hasReason('starved'),
    isLasting: true,
  });
}

try {
  await until('the camera', async () => (await call('get_camera_list')).connected > 0);
  await lab.start();
  await lab.survive('corrupted', { fault: () => lab.set({ bufferFlagError: 1 }) });
  await lab.survive('io-error', { fault: () => lab.set({ fatalStreamingError: 1 }) });
  // Failures in a row are answered ever more sharply. A device that comes back ends the row, so such faults stand between.
  await survivesADeadDevice();
  await survivesARefusal('reqbufs', 'reqbufsError');
  await survivesMissingRights();
  await survivesARefusal('streamon', 'streamonError');
  await survivesAnotherProgram();
  await survivesNoFrames();
  await survivesBadPictures();
  await survivesHalfOfTheFrames();
  await lab.stop('recording');
  report('ended', { code: await service.stop() });
} catch (error) {
  console.error(service.log);
  throw error;
} finally {
  await service[Symbol.asyncDispose]();
}

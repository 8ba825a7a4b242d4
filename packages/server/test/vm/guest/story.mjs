// Drives the real service with the kernel's virtual camera through its whole story, one JSON a line.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ffmpegBinary } from '@mediamtx-camera-service/testkit';

import { openDevice } from '../../../dist/devices/v4l2/ioctl.js';
import { decode, refusal, runningPrograms, startService, tells } from './camera-service.mjs';
import { holdCamera, setOff } from './faults.mjs';
import { report, run, until } from './steps.mjs';

const DEVICE = 'camera0';
const NODE = '/dev/video0';
const NODE_LATER = '/dev/video5';
// Unless told, ffmpeg looks at five seconds of a stream before it gives the first frame.
const PLAYER = ['-rtsp_transport', 'tcp', '-analyzeduration', '500000'];

const { service, call, told } = await startService();
const hears = (from, name, fields) => tells({ told, from, name, fields });
const cameraStatus = () => call('get_camera_status', { device: DEVICE });
const stream = () => call('get_stream_status', { device: DEVICE });
const framesSent = async (count) =>
  until(`${count} frames`, async () => (await stream()).metrics.frames_sent >= count);
const isLive = () => until('the picture to be live', async () => (await stream()).ready);
const news = (from, wanted) =>
  told
    .slice(from)
    .filter(({ name }) => name === wanted)
    .map(({ params }) => params);

async function findsTheCamera() {
  await until('the camera', async () => (await call('get_camera_list')).connected > 0);
  const health = await until('health', async () => {
    const answer = await call('get_status');
    return answer.components.mediamtx === 'RUNNING' ? answer : undefined;
  });
  const { cameras } = await call('get_camera_list');
  report('found', {
    cameras,
    health,
    capabilities: await call('get_camera_capabilities', { device: DEVICE }),
  });
}

async function snapsCold() {
  const snapshot = await call('take_snapshot', { device: DEVICE });
  report('cold', { snapshot, decoded: await decode(snapshot.file_path) });
}

async function streams() {
  await call('start_streaming', { device: DEVICE });
  await isLive();
  const snapshot = await call('take_snapshot', { device: DEVICE });
  const address = await call('get_stream_url', { device: DEVICE });
  report('live', {
    stream: await stream(),
    snapshot,
    decoded: await decode(snapshot.file_path),
    address,
    read: await decode(address.stream_url, { before: PLAYER, frames: 5 }),
  });
}

async function records() {
  const from = told.length;
  const started = await call('start_recording', { device: DEVICE });
  const begun = await hears(from, 'recording_status_update', { status: 'STARTED' });
  await framesSent((await stream()).metrics.frames_sent + 15);
  const stopped = await call('stop_recording', { device: DEVICE });
  report('recording', {
    started,
    begun,
    stopped,
    ended: await hears(from, 'recording_status_update', { status: 'STOPPED' }),
    decoded: await decode(recordingPath(stopped.filename)),
    listed: (await call('list_recordings')).files,
  });
}

/** By the name and in the words of the first generation; its recording goes on into the next step. */
async function answersTheFirstGeneration() {
  const from = told.length;
  const recording = await call('start_recording', { device: NODE });
  const begun = await hears(from, 'recording_status_update', { status: 'STARTED' });
  report('first-generation', {
    camera: await call('get_camera_status', { device_path: NODE }),
    snapshot: await call('take_snapshot', { device: NODE }),
    recording,
    begun,
  });
}

async function survivesUnplugging() {
  const from = told.length;
  await run('unplug', '1');
  const disconnected = await hears(from, 'camera_status_update', { device: DEVICE, status: 'DISCONNECTED' });
  const trouble = await hears(from, 'recording_status_update', { device: DEVICE, status: 'ERROR' });
  const standIn = await until('a test camera', async () => {
    const { cameras } = await call('get_camera_list');
    return cameras.find(({ kind, status }) => kind === 'test' && status === 'CONNECTED');
  });
  report('unplugged', {
    disconnected,
    trouble,
    standIn,
    camera: await cameraStatus(),
    stream: await stream(),
    address: await call('get_stream_url', { device: DEVICE }),
    refusals: {
      snapshot: await refusal(call('take_snapshot', { device: DEVICE })),
      streaming: await refusal(call('start_streaming', { device: DEVICE })),
      recording: await refusal(call('start_recording', { device: DEVICE })),
      node: await refusal(call('get_camera_status', { device: NODE })),
    },
    told: news(from, 'recording_status_update'),
    events: news(from, 'event'),
  });
}

async function takesItBack() {
  const from = told.length;
  // The number can be chosen only once the last who held the camera has let it go.
  await until('the plug', () =>
    run('plug', '1', NODE_LATER.slice('/dev/video'.length)).then(
      () => true,
      () => false,
    ),
  );
  const connected = await hears(from, 'camera_status_update', { device: DEVICE, status: 'CONNECTED' });
  await isLive();
  const camera = await cameraStatus();
  await hears(from, 'recording_status_update', { status: 'STARTED' });
  await framesSent(20);
  const stopped = await call('stop_recording', { device: DEVICE });
  const { cameras } = await until('the test camera to go', async () => {
    const list = await call('get_camera_list');
    return list.connected === 1 ? list : undefined;
  });
  report('back', {
    connected,
    camera,
    stopped,
    decoded: await decode(recordingPath(stopped.filename)),
    listed: (await call('list_recordings')).files,
    files: readdirSync(join(service.dataDir, 'recordings', DEVICE)).filter((name) => name.endsWith('.mp4')),
    cameras,
    told: news(from, 'recording_status_update'),
    events: news(from, 'event'),
  });
}

async function namesWhoIsUsingIt() {
  await call('stop_streaming', { device: DEVICE });
  await until('the camera to be free', async () => (await stream()).status === 'INACTIVE');
  const from = told.length;
  const holder = await holdCamera(ffmpegBinary(), NODE_LATER);
  const coldSnapshot = await refusal(call('take_snapshot', { device: DEVICE }));
  await call('start_streaming', { device: DEVICE });
  const camera = await until('the holder to be named', async () => {
    const answer = await cameraStatus();
    return answer.status_reason?.includes('process') ? answer : undefined;
  });
  const busySnapshot = await refusal(call('take_snapshot', { device: DEVICE }));
  const health = await call('get_status');
  await holder.release();
  await hears(from, 'camera_status_update', { device: DEVICE, status: 'BUSY' });
  await isLive();
  report('busy', {
    pid: holder.pid,
    coldSnapshot,
    camera,
    busySnapshot,
    health,
    told: news(from, 'camera_status_update'),
    freed: await cameraStatus(),
    snapshot: await call('take_snapshot', { device: DEVICE }),
  });
}

/** One end of the stream that a new start mends. */
async function mendsAnInputError() {
  const from = told.length;
  const { pid } = (await stream()).ffmpeg_process;
  const device = await openDevice(NODE_LATER);
  setOff('fatalStreamingError', device);
  await until('a new capture', async () => {
    const { ready, ffmpeg_process } = await stream();
    return ready && ffmpeg_process.pid !== pid;
  });
  await device.close();
  report('input-error', { told: news(from, 'camera_status_update'), camera: await cameraStatus() });
}

/** The node stays, but all that is asked of it fails; it heals when the last who has it open closes it. */
async function namesADeadCamera() {
  const device = await openDevice(NODE_LATER);
  setOff('disconnect', device);
  const dead = await until('the fault to be told', async () => {
    const answer = await cameraStatus();
    return answer.status === 'ERROR' ? answer : undefined;
  });
  const snapshot = await refusal(call('take_snapshot', { device: DEVICE }));
  await device.close();
  await isLive();
  report('dead', { dead, snapshot, healed: await cameraStatus() });
}

async function ends() {
  const code = await service.stop();
  report('ended', { code, left: runningPrograms().filter(({ pid }) => pid !== process.pid) });
}

function recordingPath(filename) {
  return join(service.dataDir, 'recordings', DEVICE, filename);
}

try {
  await findsTheCamera();
  await snapsCold();
  await streams();
  await records();
  await answersTheFirstGeneration();
  await survivesUnplugging();
  await takesItBack();
  await namesWhoIsUsingIt();
  await mendsAnInputError();
  await namesADeadCamera();
  await ends();
} catch (error) {
  console.error(service.log);
  throw error;
} finally {
  await service[Symbol.asyncDispose]();
}

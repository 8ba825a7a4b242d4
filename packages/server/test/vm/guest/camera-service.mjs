// The real service in the guest, and one client that hears everything it tells.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { Service, ffmpegBinary } from '@mediamtx-camera-service/testkit';

import { until } from './steps.mjs';

// Emulated, all takes 5 to 20 times as long: the picture is small, and what may take its time gets it.
const CALL_TIMEOUT_MS = 120_000;
const SLOW_MACHINE = {
  CAMERA_SERVICE_CAPTURE_RESOLUTION: '320x180',
  CAMERA_SERVICE_CAPTURE_FPS: '5',
  CAMERA_SERVICE_CAPTURE_START_TIMEOUT: '90',
  CAMERA_SERVICE_CAPTURE_STALL_TIMEOUT: '30',
  CAMERA_SERVICE_RECORDING_START_TIMEOUT: '60',
  CAMERA_SERVICE_SNAPSHOTS_TIMEOUT: '90',
  CAMERA_SERVICE_MEDIAMTX_API_TIMEOUT: '30',
  CAMERA_SERVICE_CAMERA_TEST_RESOLUTION: '320x180',
  CAMERA_SERVICE_CAMERA_TEST_FPS: '5',
};

/** Starts the service with test cameras as they are unless told: one where there is no other camera. */
export async function startService({ env = {}, args = [], testCameras = 'auto' } = {}) {
  const service = await Service.start({
    mediamtx: 'managed',
    testCameras,
    args,
    readyTimeoutMs: CALL_TIMEOUT_MS,
    env: {
      ...SLOW_MACHINE,
      CAMERA_SERVICE_CAMERA_LINGER: '0',
      CAMERA_SERVICE_CAMERA_RESCAN_INTERVAL: '5',
      ...env,
    },
  });
  const client = await service.client('admin');
  const told = [];
  for (const name of ['camera_status_update', 'recording_status_update', 'event']) {
    client.on(name, (params) => told.push({ name, params, atMs: Date.now() }));
  }
  await client.subscribe(['*']);
  const call = (method, params) => client.call(method, params, { timeoutMs: CALL_TIMEOUT_MS });
  return { service, call, told };
}

/** The first notification of this name, from the given place on, that agrees in all these fields. */
export function tells({ told, from, name, fields }) {
  const agrees = ({ params }) => Object.entries(fields).every(([key, value]) => params[key] === value);
  return until(`${name} ${JSON.stringify(fields)}`, () =>
    told.slice(from).find((one) => one.name === name && agrees(one)),
  ).then(({ params }) => params);
}

/** The error that a call is answered with. */
export async function refusal(answer) {
  try {
    await answer;
  } catch (error) {
    return { code: error.code, ...error.data };
  }
  return { code: 0 };
}

/** Decodes the video of a file or an address with ffmpeg: how many frames, and what it complains of. */
export async function decode(input, { before = [], frames } = {}) {
  const limit = frames === undefined ? [] : ['-frames:v', String(frames)];
  const output = ['-map', '0:v', '-fps_mode', 'passthrough', ...limit, '-f', 'framecrc', '-'];
  const { stdout, stderr } = await promisify(execFile)(ffmpegBinary(), [
    ...['-nostdin', '-loglevel', 'error', '-xerror', ...before, '-i', input, ...output],
  ]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return {
    frames: lines.filter((line) => !line.startsWith('#')).length,
    size: lines.find((line) => line.startsWith('#dimensions 0: '))?.slice('#dimensions 0: '.length),
    complaints: stderr,
  };
}

/** The running programs that could be the service's. */
export function runningPrograms() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), command: commandOf(pid) }))
    .filter(({ command }) => /ffmpeg|mediamtx|node/.test(command));
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // ended meanwhile
  }
}

// What may happen to a camera that is in use: another program holds it, its driver fails.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

import { until } from './steps.mjs';

const VIDIOC_S_CTRL = 0xc008561c;
const VIDIOC_S_PARM = 0xc0cc5616;
const VIDEO_CAPTURE = 1;
// Controls of every vivid camera: vm/README.md.
const CONTROLS = {
  testPattern: 0x00f0f000,
  osdTextMode: 0x00f0f001,
  droppedBuffersPercent: 0x00f0f040,
  disconnect: 0x00f0f041,
  bufferFlagError: 0x00f0f042,
  reqbufsError: 0x00f0f043,
  streamonError: 0x00f0f045,
  fatalStreamingError: 0x00f0f046,
};

/** Sets off a fault of the driver, or sets what it shows, on a device that was opened with openDevice. */
export function setOff(fault, device, value = 1) {
  const control = Buffer.alloc(8);
  control.writeUInt32LE(CONTROLS[fault], 0);
  control.writeInt32LE(value, 4);
  device.ioctl(VIDIOC_S_CTRL, control);
}

/** Gives fewer frames than the one who streams asked for, who is not told; for as long as that one streams. */
export function slowDown(device, fps) {
  const parameters = Buffer.alloc(204);
  parameters.writeUInt32LE(VIDEO_CAPTURE, 0);
  // Seconds a frame, as a fraction.
  parameters.writeUInt32LE(1, 12);
  parameters.writeUInt32LE(fps, 16);
  device.ioctl(VIDIOC_S_PARM, parameters);
}

/** The processes that stream from the node: they have its buffers in their memory. */
export function findStreaming(node) {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && hasMapped(pid, node));
}

function hasMapped(pid, node) {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8').includes(node);
  } catch {
    return false; // ended meanwhile
  }
}

/** Lets ffmpeg stream from the camera; its pid, and what ends it. */
export async function holdCamera(ffmpegPath, node) {
  const input = ['-f', 'v4l2', '-input_format', 'yuyv422', '-video_size', '320x180', '-i', node];
  const ffmpeg = spawn(ffmpegPath, ['-nostdin', '-loglevel', 'error', ...input, '-f', 'null', '-'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await until('ffmpeg to stream', () => hasMapped(ffmpeg.pid, node));
  const release = async () => {
    ffmpeg.kill('SIGTERM');
    await once(ffmpeg, 'exit');
  };
  return { pid: ffmpeg.pid, release };
}

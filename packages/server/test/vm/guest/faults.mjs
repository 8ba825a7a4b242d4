// What may happen to a camera that is in use: another program holds it, its driver fails.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

import { until } from './steps.mjs';

const VIDIOC_S_CTRL = 0xc008561c;
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

/** Lets ffmpeg stream from the camera; its pid, and what ends it. */
export async function holdCamera(ffmpegPath, node) {
  const input = ['-f', 'v4l2', '-input_format', 'yuyv422', '-video_size', '320x180', '-i', node];
  const ffmpeg = spawn(ffmpegPath, ['-nostdin', '-loglevel', 'error', ...input, '-f', 'null', '-'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await until('ffmpeg to stream', () => readFileSync(`/proc/${ffmpeg.pid}/maps`, 'utf8').includes(node));
  const release = async () => {
    ffmpeg.kill('SIGTERM');
    await once(ffmpeg, 'exit');
  };
  return { pid: ffmpeg.pid, release };
}

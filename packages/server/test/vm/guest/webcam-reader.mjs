// A program that streams from a camera, ffmpeg, and what the pictures that it gets say.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { ffmpegBinary } from '@mediamtx-camera-service/testkit';

import { readFrameNumber } from '../../../dist/capture/read-number.js';
import { until } from './steps.mjs';

/** Starts ffmpeg on the node; `frames` grows with every picture that comes. */
export function readWebcam(node, { inputFormat = 'mjpeg', width = 320, height = 180, fps = 5 } = {}) {
  const size = `${width}x${height}`;
  const input = ['-f', 'v4l2', '-input_format', inputFormat, '-video_size', size, '-framerate', `${fps}`];
  // The camera's own time, since frames that come close together have the same one in steps of a frame.
  const output = [
    '-enc_time_base',
    'demux',
    ...['-fps_mode', 'passthrough', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
  ];
  const ffmpeg = spawn(ffmpegBinary(), ['-nostdin', '-v', 'error', ...input, '-i', node, ...output]);
  const frames = [];
  let rest = Buffer.alloc(0);
  ffmpeg.stdout.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (; rest.length >= width * height; rest = rest.subarray(width * height)) {
      frames.push(look(rest.subarray(0, width * height), width, height));
    }
  });
  const reader = { frames, stderr: '', exited: once(ffmpeg, 'close').then(([code]) => code) };
  ffmpeg.stderr.on('data', (chunk) => (reader.stderr += chunk));

  /** Waits for more frames, so many; their numbers. */
  reader.next = async (count) => {
    const from = frames.length;
    await until(`${count} frames from ${node}`, () => frames.length >= from + count);
    return frames.slice(from, from + count).map(({ number }) => number);
  };
  reader.stop = async () => {
    // Not asked politely: it does not hear that while it waits for a frame.
    ffmpeg.kill('SIGKILL');
    await reader.exited;
  };
  return reader;
}

function look(data, width, height) {
  const brightest = data.reduce((most, level) => Math.max(most, level), 0);
  return { number: readFrameNumber({ width, height, data, stride: width }), brightest };
}

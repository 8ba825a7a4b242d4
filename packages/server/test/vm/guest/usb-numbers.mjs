// The numbers in the pictures of an emulated webcam at 320x180 and 5 frames a second, which follow the clock.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { ffmpegBinary } from '@mediamtx-camera-service/testkit';

import { frameDistance, readFrameNumber } from '../../../dist/capture/read-number.js';

/** The one size and rate of the webcams that are watched. */
export const PICTURE = { width: 320, height: 180, fps: 5 };
const CODE = { width: PICTURE.width / 2, height: PICTURE.width / 32 };
const NUMBERS = 65_536;

/** For a viewer (viewer.mjs); the numbers of one webcam are one stream, however often it is started. */
export const webcamCounter = {
  crop: `${CODE.width}:${CODE.height}:0:0`,
  bytes: CODE.width * CODE.height,
  read: (gray) => {
    const number = readNumber(gray);
    return number === null ? undefined : { sequence: number, streamMs: Infinity };
  },
};

/** Of a frame that is taken now. */
export function numberNow() {
  return Math.floor((Date.now() * PICTURE.fps) / 1000) % NUMBERS;
}

/** Whether a frame was taken when that number was the present one, or later. */
export function isSince(number) {
  return ({ sequence }) => sequence !== null && frameDistance(number, sequence) >= 0;
}

/** The numbers of all frames of a recording, and what the decoder complains of. */
export async function readRecordedNumbers(path) {
  const { stdout, stderr } = await promisify(execFile)(
    ffmpegBinary(),
    [
      ...['-nostdin', '-loglevel', 'error', '-i', path, '-map', '0:v', '-fps_mode', 'passthrough'],
      ...['-vf', `crop=${webcamCounter.crop},format=gray`, '-f', 'rawvideo', 'pipe:1'],
    ],
    { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 },
  );
  const numbers = [];
  for (let at = 0; at < stdout.length; at += webcamCounter.bytes)
    numbers.push(readNumber(stdout.subarray(at, at + webcamCounter.bytes)));
  return { numbers, complaints: stderr.toString() };
}

/** Null where there is none, and in a black picture, which would say 0. */
function readNumber(data) {
  const { width, height } = PICTURE;
  const number = readFrameNumber({ width, height, data, stride: CODE.width, bytesPerPixel: 1 });
  return number || null;
}

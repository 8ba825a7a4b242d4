import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ffmpegBinary } from '@mediamtx-camera-service/testkit';
import { buildCaptureArgs } from '../../packages/server/dist/capture/command.js';
import { EncoderChooser } from '../../packages/server/dist/capture/encoder.js';
import { frameDistance, readFrameNumber } from '../../packages/server/dist/capture/read-number.js';

const run = promisify(execFile);
export const source = { kind: 'test', width: 1280, height: 720, fps: 30, label: 'Test camera' };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A program that publishes the service's own test picture with the service's own ffmpeg arguments. */
export async function writePublisher(file, publishUrl) {
  const ffmpeg = ffmpegBinary();
  const encoder = await new EncoderChooser({ log: silent }).choose(ffmpeg);
  const words = [ffmpeg, ...buildCaptureArgs({ source, publishUrl, encoder })];
  const quoted = words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  await writeFile(file, `#!/bin/sh\nexec ${quoted} 3>/dev/null\n`);
  await chmod(file, 0o755);
}

/** The number of the frame that the test camera was showing at a time, epoch ms. */
function numberAt(timeMs) {
  return Math.floor((timeMs * source.fps) / 1000) & 0xffff;
}

/** How old, in ms, the frame in a picture file was at a time; negative where it was shown after it. */
export async function trueAgeMs(file, timeMs) {
  const { width, height, fps } = source;
  const args = ['-v', 'error', '-i', file, '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'];
  const { stdout } = await run(ffmpegBinary(), args, { encoding: 'buffer', maxBuffer: 2 * width * height });
  const number = readFrameNumber({ width, height, data: stdout, stride: width });
  if (number === null) throw new Error(`no frame number in ${file}`);
  return (frameDistance(number, numberAt(timeMs)) * 1000) / fps;
}

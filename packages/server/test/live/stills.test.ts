import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildTestPicture } from '../../src/capture/test-picture.ts';
import { frameDistance } from '../../src/capture/index.ts';
import { run } from '../../src/process/run.ts';
import { type CodedFrames, decodeStill, readPictureSize } from '../../src/stills/index.ts';
import { camera, ffmpegPath, readNumberOf } from './media-harness.ts';

const frames = 20;
let gop: CodedFrames;
beforeAll(async () => {
  gop = { data: await encodeTestPicture(camera), frames };
});

test.each(['jpg', 'png'] as const)('the newest frame alone is given as %s', async (format) => {
  const first = await decodeStill({ ...gop, frames: 1 }, { ...options, format });
  const last = await decodeStill(gop, { ...options, format });
  expect(last).toMatchObject({ width: camera.width, height: camera.height });
  expect(frameDistance(await numberOf(first), await numberOf(last))).toBe(frames - 1);
});

test('a width scales the picture and keeps its shape', async () => {
  expect(await decodeStill(gop, { ...options, width: 320 })).toMatchObject({ width: 320, height: 180 });
  expect(await decodeStill(gop, { ...options, width: 7680 })).toMatchObject({
    width: camera.width,
    height: camera.height,
  });
});

test('a higher quality gives a bigger JPEG', async () => {
  const sizes = [];
  for (const quality of [1, 50, 100])
    sizes.push((await decodeStill(gop, { ...options, quality })).data.length);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
});

test('a GOP with fewer pictures than frames gives its last picture', async () => {
  const still = await decodeStill({ ...gop, frames: frames + 3 }, options);
  const last = await decodeStill(gop, options);
  expect(await numberOf(still)).toBe(await numberOf(last));
});

test('what is no H.264 is told to be undecodable', async () => {
  const noise = { data: Buffer.alloc(5000, 0x55), frames: 3 };
  await expect(decodeStill(noise, options)).rejects.toMatchObject({ code: 'undecodable' });
});

test('a missing and a stuck ffmpeg, and an abort, are told apart', async () => {
  await expect(decodeStill(gop, { ...options, ffmpeg: '/nowhere/ffmpeg' })).rejects.toMatchObject({
    code: 'no_ffmpeg',
  });
  const folder = await mkdtemp(join(tmpdir(), 'stills-'));
  const stuck = join(folder, 'ffmpeg');
  await writeFile(stuck, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
  await expect(decodeStill(gop, { ...options, ffmpeg: stuck, timeoutMs: 50 })).rejects.toMatchObject({
    code: 'timed_out',
    message: 'ffmpeg did not decode the picture within 50 ms',
  });
  await rm(folder, { recursive: true });
  await expect(decodeStill(gop, { ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'aborted',
  });
});

// Also sizes whose squares have odd sides or don't fill the row.
test.each([
  [320, 180, 15],
  [640, 480, 25],
  [800, 450, 30],
  [854, 480, 10],
  [1280, 720, 30],
  [1920, 1080, 30],
])('the test picture of %ix%i at %i frames a second counts by one a frame', async (width, height, fps) => {
  const data = await encodeTestPicture({ ...camera, width, height, fps });
  const numbers: number[] = [];
  for (let i = 1; i <= 3; i += 1)
    numbers.push(await numberOf(await decodeStill({ data, frames: i * 6 }, options)));
  expect(frameDistance(numbers[0] ?? 0, numbers[1] ?? 0)).toBe(6);
  expect(frameDistance(numbers[1] ?? 0, numbers[2] ?? 0)).toBe(6);
});

const options = { ffmpeg: ffmpegPath, format: 'jpg' as const, quality: 90, timeoutMs: 20_000 };

async function numberOf(still: { data: Buffer; width: number; height: number }): Promise<number> {
  expect(readPictureSize(still.data)).toEqual({ width: still.width, height: still.height });
  const number = await readNumberOf(still.data, still);
  if (number === null) throw new Error('the picture carries no number');
  return number;
}

async function encodeTestPicture(source: Parameters<typeof buildTestPicture>[0]): Promise<Buffer> {
  const graph = buildTestPicture(source);
  const encode = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-crf',
    '23',
    '-g',
    '100',
  ];
  const args = [
    '-loglevel',
    'error',
    '-filter_complex',
    graph,
    '-map',
    '[v]',
    '-frames:v',
    String(frames),
    ...encode,
  ];
  const { stdout, exit } = await run({
    command: ffmpegPath,
    args: [...args, '-f', 'h264', 'pipe:1'],
    timeoutMs: 30_000,
  });
  expect(exit.reason, exit.stderrTail.join('\n')).toBe('exited');
  return stdout;
}

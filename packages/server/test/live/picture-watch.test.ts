import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LIBX264 } from '../../src/capture/encoder.ts';
import { PictureWatch } from '../../src/pictures/index.ts';
// The compiled pool: its worker thread can't run TypeScript.
import { TapPool } from '../../dist/taps/index.js';
import { LiveMediaMtx, camera, createCapture, ffmpegPath } from './media-harness.ts';

const size = `${camera.width}x${camera.height}`;
const moving = `testsrc2=size=${size}:rate=30`;
const oneFrame = 'trim=end_frame=1,loop=loop=-1:size=1,setpts=N/30/TB';
// A fractal in soft focus with fixed grain: more detail than the usual bitrate holds.
const detailed = `mandelbrot=size=${size}:rate=30:start_scale=0.02,trim=end_frame=1,format=yuv420p,gblur=sigma=1,noise=alls=3,loop=loop=-1:size=1,setpts=N/30/TB`;
// A wall: little detail, so that weak noise is lost between keyframes, though not in them.
const wall = `gradients=size=${size}:rate=30:c0=0x304050:c1=0xa0b0a0:x0=0:y0=0:x1=640:y1=360:speed=0.00001:seed=7,${oneFrame},format=yuv420p`;

/** How long a verdict may take on a loaded machine; it is no measure of speed. */
const patience = { timeout: 50_000, interval: 50 };

test('a frozen picture is told, and that it moves again', async () => {
  // A second of motion, twenty of one frame, and motion.
  await using watched = await watchPicture(`${moving},loop=loop=600:size=1:start=30,setpts=N/30/TB`);
  await expect.poll(() => watched.verdicts, patience).toEqual(['frozen']);
  expect(watched.watch.verdictOf('cam')).toBe('frozen');
  await expect.poll(() => watched.verdicts, patience).toEqual(['frozen', 'ok']);
});

test('a frozen picture with more detail than the bitrate holds is told', async () => {
  await using watched = await watchPicture(detailed);
  await expect.poll(() => watched.verdicts, patience).toEqual(['frozen']);
  expect(watched.taps.calmOf('cam')).toBe('repeating');
});

test('a black picture is told', async () => {
  await using watched = await watchPicture(`color=black:size=${size}:rate=30`);
  await expect.poll(() => watched.verdicts, patience).toEqual(['black']);
});

test.each([8, 3])('a still room with noise of strength %i is not frozen', async (strength) => {
  await using watched = await watchPicture(`${moving},${oneFrame},noise=alls=${strength}:allf=t`);
  await watched.whenFrames(360);
  expect(watched.verdicts).toEqual([]);
});

test('a still wall with so little noise that its packets are tiny is looked at, and is not frozen', async () => {
  await using watched = await watchPicture(`${wall},noise=alls=2:allf=t`);
  await expect.poll(() => watched.looks(), patience).toBeGreaterThanOrEqual(4);
  expect(watched.taps.calmOf('cam')).toBe('tiny');
  expect(watched.verdicts).toEqual([]);
});

test('a loop that is played again and again is not frozen', async () => {
  // Exactly a second long, so that the very same keyframes come again.
  const loop = `${moving},trim=end_frame=30,loop=loop=-1:size=30,setpts=N/30/TB`;
  await using watched = await watchPicture(loop);
  await watched.whenFrames(360);
  await expect.poll(() => watched.taps.calmOf('cam'), patience).toBe('repeating');
  await expect.poll(() => watched.looks(), patience).toBeGreaterThanOrEqual(3);
  expect(watched.verdicts).toEqual([]);
});

test('the moving test camera is never looked at', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  await using watched = openWatch(server);
  capture.want(true);
  await watched.whenFrames(300);
  expect(watched.looks()).toBe(0);
  expect(watched.verdicts).toEqual([]);
});

test('stopped while ffmpeg is stuck, nothing is told and no ffmpeg is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'picture-watch-'));
  const stuck = join(folder, 'ffmpeg');
  await writeFile(stuck, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
  await using watched = await watchPicture(`color=black:size=${size}:rate=30`, stuck);
  await expect.poll(() => watched.looks(), patience).toBe(1);
  watched.watch.stop('cam');
  await watched.watch.close();
  expect(watched.verdicts).toEqual([]);
  await rm(folder, { recursive: true });
});

interface Watched extends AsyncDisposable {
  taps: TapPool;
  watch: PictureWatch;
  verdicts: string[];
  /** How many pictures were decoded. */
  looks: () => number;
  whenFrames: (count: number) => Promise<void>;
}

function openWatch(server: LiveMediaMtx, ffmpeg = ffmpegPath): Watched {
  const taps = new TapPool();
  const verdicts: string[] = [];
  let looks = 0;
  const watch = new PictureWatch({
    taps,
    ffmpeg: () => {
      looks += 1;
      return ffmpeg;
    },
    onVerdict: (_device, verdict) => verdicts.push(verdict),
    log: { debug: () => undefined },
  });
  taps.onState((name, state) => (state === 'live' ? watch.start(name) : watch.stop(name)));
  taps.open('cam', server.target);
  return {
    taps,
    watch,
    verdicts,
    looks: () => looks,
    whenFrames: (count) =>
      expect.poll(async () => (await taps.stats('cam'))?.frames, patience).toBeGreaterThan(count),
    [Symbol.asyncDispose]: async () => {
      await watch.close();
      await taps.stop();
    },
  };
}

/** Publishes a filter graph's picture as a camera's is, and watches it. */
async function watchPicture(graph: string, ffmpeg?: string): Promise<Watched> {
  const server = await LiveMediaMtx.start();
  const publisher = publish(graph, server.publishUrl);
  const watched = openWatch(server, ffmpeg);
  return {
    ...watched,
    [Symbol.asyncDispose]: async () => {
      await watched[Symbol.asyncDispose]();
      publisher.kill('SIGKILL');
      await once(publisher, 'exit');
      await server[Symbol.asyncDispose]();
    },
  };
}

function publish(graph: string, url: string): ChildProcess {
  const limit = String(Math.round(camera.width * camera.height * 3));
  const rate = [
    '-crf',
    '23',
    '-maxrate',
    limit,
    '-bufsize',
    limit,
    '-bf',
    '0',
    '-g',
    '15',
    '-keyint_min',
    '15',
  ];
  const args = ['-nostdin', '-loglevel', 'error', '-filter_complex', `${graph},format=yuv420p,realtime[v]`];
  const video = ['-map', '[v]', '-c:v', 'libx264', ...LIBX264.args, ...rate];
  const output = ['-f', 'rtsp', '-rtsp_transport', 'tcp', url];
  return spawn(ffmpegPath, [...args, ...video, ...output], { stdio: 'ignore' });
}

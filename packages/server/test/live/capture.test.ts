import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CaptureError, EncoderChooser, frameDistance } from '../../src/capture/index.ts';
import {
  LiveMediaMtx,
  camera,
  createCapture,
  ffmpegPath,
  numberNow,
  patience,
  readNumberOf,
} from './media-harness.ts';
import { findProcesses } from './recorded.ts';

test('a wanted camera publishes, and is idle again when it is no longer wanted', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  capture.want(true);
  await expect.poll(() => server.isAvailable(), patience).toBe(true);
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  await expect.poll(() => capture.state.frames, patience).toBeGreaterThan(camera.fps);
  expect(capture.state.reason).toBeUndefined();
  expect(capture.state.command).toContain('rtsp://***@127.0.0.1');
  expect(JSON.stringify(capture.state)).not.toContain('secret-word');
  capture.want(false);
  await expect.poll(() => capture.state.status, patience).toBe('idle');
  await expect.poll(() => server.isAvailable(), patience).toBe(false);
  expect(capture.state.restarts).toBe(0);
});

test('a run that was started again for other settings counts its own frames', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  capture.want(true);
  await expect.poll(() => capture.state.frames, patience).toBeGreaterThan(camera.fps);
  const atStart: number[] = [];
  capture.onState(({ status, frames }) => {
    if (status === 'starting') atStart.push(frames);
  });
  await capture.restart();
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  expect(new Set(atStart)).toEqual(new Set([0]));
  expect(capture.state.restarts).toBe(0);
});

test('an ffmpeg that is killed is named so, and the camera publishes again', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  const reasons = collectReasons(capture);
  capture.want(true);
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  const firstPid = capture.state.pid ?? 0;
  process.kill(firstPid, 'SIGKILL');
  await expect.poll(() => capture.state.restarts, patience).toBe(1);
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  expect(reasons).toEqual(['ffmpeg was killed']);
  expect(capture.state.pid).not.toBe(firstPid);
  await expect.poll(() => server.isAvailable(), patience).toBe(true);
});

test('an ffmpeg that is stuck is killed by the watchdog, and the camera publishes again', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server, { stallMs: 1500 });
  const reasons = collectReasons(capture);
  capture.want(true);
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  process.kill(capture.state.pid ?? 0, 'SIGSTOP');
  await expect.poll(() => capture.state.restarts, patience).toBe(1);
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  expect(reasons).toEqual(['no frames for 1.5 s']);
});

test('a stuck ffmpeg can be stopped', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  capture.want(true);
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  process.kill(capture.state.pid ?? 0, 'SIGSTOP');
  await capture.stop();
  expect(capture.state.status).toBe('idle');
});

test('a media server that is killed is named so, and the camera publishes when it is back', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  const reasons = collectReasons(capture);
  capture.want(true);
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  await server.kill();
  await expect.poll(() => reasons.length, patience).toBeGreaterThan(1);
  await server.run();
  await expect.poll(() => server.isAvailable(), patience).toBe(true);
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  expect(reasons[0]).toBe('the media server closed the connection');
  expect(reasons[1]).toBe('the media server is not answering');
});

test('a missing ffmpeg is named so, and the camera publishes when there is one', async () => {
  await using server = await LiveMediaMtx.start();
  let ffmpeg = '/nowhere/ffmpeg';
  await using capture = createCapture(server, { ffmpeg: () => ffmpeg });
  const reasons = collectReasons(capture);
  capture.want(true);
  await expect.poll(() => reasons.length, patience).toBeGreaterThan(0);
  expect(reasons[0]).toBe('ffmpeg could not be started: /nowhere/ffmpeg');
  ffmpeg = ffmpegPath;
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
});

test('an ffmpeg without libx264 is named so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'capture-'));
  const poor = join(folder, 'ffmpeg');
  await writeFile(poor, '#!/bin/sh\necho "Unknown encoder libx264" >&2\nexit 8\n', { mode: 0o755 });
  await expect(new EncoderChooser({ useHardware: false }).choose(poor)).rejects.toMatchObject({
    code: 'no_encoder',
    message: expect.stringContaining('Unknown encoder'),
  });
  await rm(folder, { recursive: true });
});

test('hardware that seems to be there but fails its trial is not used', async () => {
  const broken = {
    name: 'h264_vaapi' as const,
    setupArgs: ['-vaapi_device', '/nowhere/renderD128'],
    filter: 'format=nv12,hwupload',
    args: [],
  };
  const chooser = new EncoderChooser({ findHardware: async () => [broken] });
  await expect(chooser.choose(ffmpegPath)).resolves.toMatchObject({ name: 'libx264' });
});

test('a device that is not there is named so', async () => {
  await using server = await LiveMediaMtx.start();
  const node = '/dev/video-not-there';
  const source = {
    kind: 'v4l2',
    node,
    pixelFormat: 'MJPG',
    inputFormat: 'mjpeg',
    width: 640,
    height: 480,
    fps: 30,
  } as const;
  await using capture = createCapture(server, { source: () => source });
  const reasons = collectReasons(capture);
  capture.want(true);
  await expect.poll(() => reasons.length, patience).toBeGreaterThan(0);
  expect(reasons[0]).toBe('device not found');
  capture.want(false);
  await expect(capture.grab({ format: 'jpg', quality: 80, timeoutMs: 20_000 })).rejects.toMatchObject({
    code: 'no_frame',
    message: 'device not found',
  });
});

test.each(['jpg', 'png'] as const)('a frame is grabbed as %s while the camera is idle', async (format) => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  const before = numberNow();
  const still = await capture.grab({ format, quality: 90, timeoutMs: 20_000 });
  expect(still).toMatchObject({ width: camera.width, height: camera.height });
  const number = await readNumberOf(still.data, still);
  expect(frameDistance(before, number ?? -1)).toBeGreaterThanOrEqual(0);
  expect(frameDistance(number ?? -1, numberNow())).toBeGreaterThanOrEqual(0);
});

test('a capture that is wanted during a grab waits for it; a grab during a capture is refused', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  const grab = capture.grab({ format: 'jpg', quality: 80, timeoutMs: 20_000 });
  capture.want(true);
  const seen: string[] = [];
  capture.onState((state) => seen.push(state.status));
  void grab.then(() => seen.push('grabbed'));
  await expect(grab).resolves.toMatchObject({ width: camera.width });
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  expect(seen.indexOf('grabbed')).toBeLessThan(seen.indexOf('publishing'));
  await expect(capture.grab({ format: 'jpg', quality: 80, timeoutMs: 20_000 })).rejects.toThrow(
    new CaptureError('capturing', 'the camera is being captured'),
  );
});

test('a wish that changes while ffmpeg starts is followed, and no process stays', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  for (const isWanted of [true, false, true, false, true]) capture.want(isWanted);
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  expect(await findProcesses(server.publishUrl)).toHaveLength(1);
  for (const isWanted of [false, true, false]) capture.want(isWanted);
  await expect.poll(() => capture.state.status, patience).toBe('idle');
  expect(await findProcesses(server.publishUrl)).toEqual([]);
  expect(capture.state.restarts).toBe(0);
});

function collectReasons(capture: ReturnType<typeof createCapture>): string[] {
  const reasons: string[] = [];
  capture.onState((state) => {
    if (state.status === 'failed') reasons.push(state.reason ?? 'none');
  });
  return reasons;
}

import { expect, test } from 'vitest';
import { modeFor } from '../../src/cameras/capture-source.ts';
import { ModeTrial } from '../../src/cameras/mode-trial.ts';
import { nothingLearned, type CameraRow } from '../../src/store/cameras.ts';
import { usbRow } from './samples.ts';

const wanted = { pixelFormat: '', width: 1280, height: 720, fps: 30 };
const mjpeg = { pixelFormat: 'MJPG', width: 1280, height: 720, fps: 30 };
const raw = { pixelFormat: 'YUYV', width: 640, height: 480, fps: 30 };

/** A camera whose modes are tried out by a made-up clock and made-up counts of frames. */
function createTrial(modes = [mjpeg, raw]) {
  let row: CameraRow = { ...usbRow(), capabilities: { formats: ['MJPG', 'YUYV'], modes } };
  const mode = () => modeFor(row, wanted);
  const trial = new ModeTrial({ row: () => row, mode, learn: (learned) => (row = { ...row, learned }) });
  let startedAt = 0;
  /** A run at this real rate; whether capture was to be started again. */
  const run = (fps: number): boolean => {
    startedAt++;
    return Array.from({ length: 13 }, (_, halfSeconds) =>
      trial.noteFrames(
        { status: 'publishing', startedAt, frames: Math.floor((halfSeconds * fps) / 2), fps, restarts: 0 },
        startedAt * 1e6 + halfSeconds * 500,
      ),
    ).includes(true);
  };
  /** As for other settings, or in another port. */
  const forget = () => (row = { ...row, learned: nothingLearned });
  return { trial, mode, run, forget, learned: () => row.learned };
}

test('a mode that gives its frames stays', () => {
  const { trial, mode, run } = createTrial();
  expect(run(29)).toBe(false);
  expect(mode()).toEqual(mjpeg);
  expect(trial.reason).toBeNull();
});

test('a mode that starves gives way to the next lower one, with the reason', () => {
  const { trial, mode, run, learned } = createTrial();
  expect(run(9)).toBe(true);
  expect(mode()).toEqual(raw);
  expect(run(30)).toBe(false);
  expect(learned().failed).toHaveLength(1);
  expect(trial.reason).toBe('MJPG 1280x720 at 30 a second is passed over: it gave 9 of 30 frames a second');
});

test('a camera in the dark, that is no faster in a lower mode, keeps its best one', () => {
  const { trial, mode, run } = createTrial();
  expect(run(10)).toBe(true);
  expect(run(10)).toBe(true);
  expect(mode()).toEqual(mjpeg);
  expect(run(10)).toBe(false);
  expect(trial.reason).toBe('the camera gives 10 of 30 frames a second');
});

test('of three modes the second is kept where it was faster than the first, and the third is not', () => {
  const least = { ...raw, width: 320, height: 240 };
  const { mode, run, learned } = createTrial([mjpeg, raw, least]);
  expect(run(5)).toBe(true);
  expect(run(10)).toBe(true);
  expect(mode()).toEqual(least);
  expect(run(10)).toBe(true);
  expect(mode()).toEqual(raw);
  expect(learned()).toMatchObject({ failed: [mjpeg], ownRate: 10 });
});

test('a mode for which there is no bandwidth is not tried again because a lower one is slow', () => {
  const least = { ...raw, width: 320, height: 240 };
  const { trial, mode, run } = createTrial([mjpeg, raw, least]);
  trial.blame({ ...noFrames, code: 'bandwidth', detail: 'no USB bandwidth' });
  expect(run(10)).toBe(true);
  expect(run(10)).toBe(true);
  expect(mode()).toEqual(raw);
});

test('a camera of two frames a second is no faster where four seconds happen to hold one more', () => {
  const { trial, mode, run } = createTrial();
  expect(run(1.8)).toBe(true);
  expect(mode()).toEqual(raw);
  expect(run(2.3)).toBe(true);
  expect(mode()).toEqual(mjpeg);
  expect(trial.reason).toBe('the camera gives 2.3 of 30 frames a second');
});

test('a lower mode that starves as well, but is faster, stays', () => {
  const { trial, mode, run } = createTrial();
  expect(run(3)).toBe(true);
  expect(run(6)).toBe(false);
  expect(mode()).toEqual(raw);
  expect(trial.reason).toBe('the camera gives 6 of 30 frames a second');
});

test('what was forgotten in the middle of a trial is tried out anew', () => {
  const { mode, run, forget } = createTrial();
  expect(run(10)).toBe(true);
  forget();
  expect(run(10)).toBe(true);
  expect(mode()).toEqual(raw);
});

test('light comes back, and nothing is said any more', () => {
  const { trial, run } = createTrial([mjpeg]);
  expect(run(10)).toBe(false);
  expect(trial.note?.code).toBe('starved');
  run(30);
  expect(trial.note).toBeUndefined();
});

test('a busy moment of the machine changes nothing', () => {
  const { trial, mode } = createTrial();
  const frames = [0, 2, 4, 34, 64, 94, 124];
  for (const [index, count] of frames.entries()) {
    trial.noteFrames(
      { status: 'publishing', startedAt: 1, frames: count, fps: 0, restarts: 0 },
      index * 1_000,
    );
  }
  expect(mode()).toEqual(mjpeg);
});

test('when every mode has failed the best is tried again', () => {
  const { trial, mode } = createTrial();
  expect(trial.stepDown('no USB bandwidth')).toBe(true);
  expect(trial.stepDown('no USB bandwidth')).toBe(false);
  expect(mode()).toEqual(raw);
});

const noFrames = { detail: 'no frames for 3 s', ranMs: 3000, frames: 0 };

test('a mode that has worked is not blamed for a device that gives nothing', () => {
  const { trial, mode, run } = createTrial();
  run(30);
  trial.blame({ ...noFrames, code: 'stalled' });
  expect(mode()).toEqual(mjpeg);
  expect(trial.reason).toBeNull();
});

test.each([
  ['that never worked', 0, 'stalled', 0],
  ['for which there is no bandwidth any more', 30, 'bandwidth', 0],
  ['that gives a few frames and stalls again', 30, 'stalled', 7],
] as const)('a mode %s is passed over', (_, workedAtFps, code, frames) => {
  const { trial, mode, run } = createTrial();
  if (workedAtFps > 0) run(workedAtFps);
  trial.blame({ ...noFrames, code, frames });
  expect(mode()).toEqual(raw);
});

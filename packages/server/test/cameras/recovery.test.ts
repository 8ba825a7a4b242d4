import { expect, test } from 'vitest';
import { FlapDetector } from '../../src/cameras/flapping.ts';
import { reasons } from '../../src/cameras/reasons.ts';
import { Recovery } from '../../src/cameras/recovery.ts';

const stall = { code: 'stalled', detail: 'no frames for 3 s', ranMs: 3_000 } as const;

function createRecovery(): Recovery {
  return new Recovery({ random: () => 1 });
}

test('the first failure is mended at once, and nobody is told', () => {
  const recovery = createRecovery();
  expect(recovery.fail(stall)).toEqual({ remedy: 'restart', waitMs: 0 });
  expect(recovery.trouble).toEqual({ code: 'stalled', detail: 'no frames for 3 s', isTold: false });
});

test('failures in a row climb the ladder, and are told from the second on', () => {
  const recovery = createRecovery();
  const remedies = Array.from({ length: 6 }, () => recovery.fail(stall).remedy);
  expect(remedies).toEqual(['restart', 'reopen', 'lower_mode', 'reopen', 'reopen', 'reopen']);
  expect(recovery.trouble?.isTold).toBe(true);
});

test.each(Object.keys(reasons) as (keyof typeof reasons)[])(
  'the waits for %s grow to a bound of five seconds at most, and stay there',
  (code) => {
    const recovery = createRecovery();
    const waits = Array.from({ length: 100 }, () => recovery.fail({ ...stall, code }).waitMs);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000);
    expect(waits.at(-1)).toBe(reasons[code].maxWaitMs);
  },
);

test('a picture that comes and goes within moments is not a new row of failures', () => {
  const recovery = createRecovery();
  recovery.fail(stall);
  recovery.noteLive();
  expect(recovery.trouble).toBeUndefined();
  expect(recovery.fail(stall)).toMatchObject({ remedy: 'reopen' });
  expect(recovery.trouble?.isTold).toBe(false);
});

test('a healthy run ends the row', () => {
  const recovery = createRecovery();
  recovery.fail(stall);
  recovery.fail(stall);
  expect(recovery.fail({ ...stall, ranMs: 10_000 })).toEqual({ remedy: 'restart', waitMs: 0 });
});

test('evidence that the device is back ends the row, and wakes who waits', () => {
  const recovery = createRecovery();
  recovery.fail(stall);
  recovery.fail(stall);
  const { wake } = recovery;
  recovery.noteEvidence();
  expect(wake.aborted).toBe(true);
  expect(recovery.wake.aborted).toBe(false);
  expect(recovery.fail(stall)).toEqual({ remedy: 'restart', waitMs: 0 });
});

test('the name of who holds a busy device is not lost at the next try', () => {
  const recovery = createRecovery();
  recovery.fail({ code: 'busy', detail: 'device busy', ranMs: 0 });
  recovery.explain('device busy: vlc (process 7) uses it');
  recovery.fail({ code: 'busy', detail: 'device busy', ranMs: 0 });
  expect(recovery.trouble?.detail).toContain('vlc');
});

test("MediaMTX's absence is never told as the camera's error", () => {
  const recovery = createRecovery();
  for (let n = 0; n < 20; n++) recovery.fail({ code: 'media_server', detail: 'no answer', ranMs: 0 });
  expect(recovery.trouble?.isTold).toBe(false);
});

test('a camera that is lost three times within half a minute flaps, until it stays', () => {
  let now = 0;
  const flaps = new FlapDetector({ now: () => now });
  for (now of [0, 5_000]) flaps.noteLoss();
  expect(flaps.isFlapping).toBe(false);
  now = 9_000;
  flaps.noteLoss();
  expect(flaps.isFlapping).toBe(true);
  expect(flaps.detail).toBe('lost 3 times within 30 s');
  now += flaps.steadyInMs;
  expect(flaps.isFlapping).toBe(false);
});

import { expect, test } from 'vitest';
import { type Look, type SuspectDeps, Suspect } from '../../src/pictures/suspect.ts';
import { LUMA_HEIGHT, LUMA_WIDTH } from '../../src/stills/index.ts';

const flat = (level: number): Uint8Array => new Uint8Array(LUMA_WIDTH * LUMA_HEIGHT).fill(level);

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A suspect whose pictures have the given levels in turn, and whose clock goes on only by `tick`. */
function createSuspect(levels: number[], deps: Partial<SuspectDeps> = {}) {
  const verdicts: string[] = [];
  const waits: number[] = [];
  const wakers: (() => void)[] = [];
  let looks = 0;
  const suspect = new Suspect({
    look: async (): Promise<Look> => ({
      luma: flat(levels[looks] ?? levels.at(-1) ?? 0),
      keyArrivalMs: ++looks,
    }),
    onVerdict: (verdict) => verdicts.push(verdict),
    onFailure: () => undefined,
    wait: (ms, signal) => {
      waits.push(ms);
      return new Promise((resolve) => {
        wakers.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    ...deps,
  });
  const tick = async (): Promise<void> => {
    await settle();
    wakers.pop()?.();
    await settle();
  };
  return { suspect, verdicts, waits, tick, looks: () => looks };
}

test('nothing is looked at unless suspected', async () => {
  const { suspect, looks } = createSuspect([100]);
  suspect.follow(null);
  await settle();
  expect(looks()).toBe(0);
});

test('two equal pictures are frozen, once; what moves is ok at once, without a look', async () => {
  const { suspect, verdicts, tick, looks } = createSuspect([100]);
  suspect.follow('tiny');
  for (let i = 0; i < 4; i += 1) await tick();
  expect(verdicts).toEqual(['frozen']);
  expect(suspect.verdict).toBe('frozen');
  const before = looks();
  suspect.follow(null);
  expect(verdicts).toEqual(['frozen', 'ok']);
  await tick();
  expect(looks()).toBe(before);
});

test('a picture that changes while its packets stay tiny is ok, and was frozen before', async () => {
  const { suspect, verdicts, tick } = createSuspect([100, 100, 101]);
  suspect.follow('tiny');
  for (let i = 0; i < 2; i += 1) await tick();
  expect(verdicts).toEqual(['frozen', 'ok']);
});

test('black needs one picture', async () => {
  const { suspect, verdicts } = createSuspect([16]);
  suspect.follow('tiny');
  await settle();
  expect(verdicts).toEqual(['black']);
});

test('the waits grow while it stays suspect', async () => {
  const { suspect, waits, tick } = createSuspect([100, 150, 100, 150, 100, 150, 100, 150]);
  suspect.follow('tiny');
  for (let i = 0; i < 7; i += 1) await tick();
  expect(waits.slice(0, 7)).toEqual([2400, 5400, 10_400, 20_400, 60_400, 60_400, 60_400]);
});

test('a picture that is equal after a long wait only is not frozen', async () => {
  const { suspect, verdicts, waits, tick } = createSuspect([100, 150, 150, 100, 100, 100]);
  suspect.follow('tiny');
  for (let i = 0; i < 3; i += 1) await tick();
  expect(verdicts).toEqual([]);
  expect(waits).toEqual([2400, 5400, 2400, 10_400]);
  for (let i = 0; i < 2; i += 1) await tick();
  expect(verdicts).toEqual(['frozen']);
});

test('one that goes in and out of suspicion keeps its long waits', async () => {
  const { suspect, waits, tick, looks } = createSuspect([100, 150, 100, 150]);
  suspect.follow('tiny');
  for (let i = 0; i < 3; i += 1) await tick();
  const before = looks();
  suspect.follow(null);
  suspect.follow('tiny');
  await settle();
  expect(looks()).toBe(before);
  expect(waits.at(-1)).toBe(60_400);
});

test('a keyframe is not compared with itself', async () => {
  const { suspect, verdicts, tick } = createSuspect([], {
    look: async () => ({ luma: flat(100), keyArrivalMs: 7 }),
  });
  suspect.follow('tiny');
  for (let i = 0; i < 4; i += 1) await tick();
  expect(verdicts).toEqual([]);
});

test('a picture that repeats is the newest frame, compared roughly', async () => {
  const frames: string[] = [];
  const { suspect, verdicts, tick } = createSuspect([], {
    look: async (frame) => {
      frames.push(frame);
      return { luma: flat(100 + frames.length * 2), keyArrivalMs: frames.length };
    },
  });
  suspect.follow('repeating');
  await tick();
  expect(frames).toEqual(['newest', 'newest']);
  expect(verdicts).toEqual(['frozen']);
});

test('looks of different kinds are not compared', async () => {
  const { suspect, verdicts, tick } = createSuspect([100]);
  suspect.follow('repeating');
  await settle();
  suspect.follow('tiny');
  await tick();
  expect(verdicts).toEqual([]);
  await tick();
  expect(verdicts).toEqual(['frozen']);
});

test('a failure to decode is told and is no verdict', async () => {
  const failures: unknown[] = [];
  const { suspect, verdicts, tick } = createSuspect([], {
    look: async () => {
      throw new Error('no ffmpeg');
    },
    onFailure: (error) => failures.push(error),
  });
  suspect.follow('tiny');
  await tick();
  expect(failures).toHaveLength(2);
  expect(verdicts).toEqual([]);
});

test('stopped while a picture is decoded tells nothing', async () => {
  const answers: ((look: Look) => void)[] = [];
  const { suspect, verdicts } = createSuspect([], {
    look: () => new Promise((resolve) => answers.push(resolve)),
  });
  suspect.follow('tiny');
  suspect.stop();
  for (const answer of answers) answer({ luma: flat(16), keyArrivalMs: 1 });
  await settle();
  expect(verdicts).toEqual([]);
});

import { expect, test } from 'vitest';
import {
  compareLuma,
  isAlikePicture,
  isBlackPicture,
  isSamePicture,
} from '../../src/pictures/compare-luma.ts';
import { LUMA_HEIGHT, LUMA_WIDTH, type Luma } from '../../src/stills/index.ts';

/** Deterministic noise of ±amplitude on every `every`th sample over a level. */
function draw(level: number, noise: { amplitude: number; every: number; seed: number }): Luma {
  let state = noise.seed;
  return Uint8Array.from({ length: LUMA_WIDTH * LUMA_HEIGHT }, (_, i) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    if (i % noise.every !== 0) return level;
    return level + (state % (2 * noise.amplitude + 1)) - noise.amplitude;
  });
}

const calm = (seed: number): Luma => draw(100, { amplitude: 1, every: 3, seed });
const flat = (level: number): Luma => draw(level, { amplitude: 0, every: 1, seed: 1 });

function paint(luma: Luma, area: { x: number; y: number; size: number }, level: number): Luma {
  const painted = Uint8Array.from(luma);
  for (let y = area.y; y < area.y + area.size; y += 1)
    painted.fill(level, y * LUMA_WIDTH + area.x, y * LUMA_WIDTH + area.x + area.size);
  return painted;
}

test('an equal picture is the same', () => {
  expect(isSamePicture(calm(1), calm(1))).toBe(true);
  expect(compareLuma(calm(1), calm(1))).toEqual({ mean: 0, worstCell: 0, worstShift: 0 });
});

test('the least noise makes another picture, which is alike', () => {
  expect(compareLuma(calm(1), calm(2)).mean).toBeGreaterThan(0.2);
  expect(isSamePicture(calm(1), calm(2))).toBe(false);
  expect(isAlikePicture(calm(1), calm(2))).toBe(true);
});

test('a digit that changes makes another picture', () => {
  expect(isSamePicture(calm(1), paint(calm(1), { x: 620, y: 340, size: 5 }, 200))).toBe(false);
});

test('a ball that is elsewhere is not alike', () => {
  const [here, there] = [100, 200].map((x) => paint(calm(1), { x, y: 100, size: 20 }, 220));
  expect(isAlikePicture(here ?? calm(1), there ?? calm(1))).toBe(false);
});

test.each([
  ['limited range', flat(16), true],
  ['full range', flat(0), true],
  ['a covered lens with little noise', draw(17, { amplitude: 1, every: 1, seed: 3 }), true],
  ['a dark room with noise', draw(18, { amplitude: 6, every: 1, seed: 3 }), false],
  ['a lamp in the dark', paint(flat(16), { x: 300, y: 200, size: 12 }, 230), false],
  ['a dim wall', flat(24), false],
  ['a light wall', flat(180), false],
])('black is told from what is not: %s', (_name, luma, isBlack) => {
  expect(isBlackPicture(luma)).toBe(isBlack);
});

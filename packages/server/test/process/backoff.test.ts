import { expect, test } from 'vitest';
import { Backoff } from '../../src/process/backoff.ts';

test('waits double up to the most, and begin anew after a reset', () => {
  const backoff = new Backoff({ firstMs: 50, maxMs: 300, random: () => 1 });
  expect(Array.from({ length: 5 }, () => backoff.next())).toEqual([50, 100, 200, 300, 300]);
  backoff.reset();
  expect(backoff.next()).toBe(50);
});

test('chance moves a wait within its upper half alone', () => {
  expect(new Backoff({ firstMs: 100, maxMs: 100, random: () => 0 }).next()).toBe(50);
  const backoff = new Backoff({ firstMs: 100, maxMs: 100 });
  for (let at = 0; at < 1_000; at++) {
    const wait = backoff.next();
    expect(wait >= 50 && wait <= 100, String(wait)).toBe(true);
  }
});

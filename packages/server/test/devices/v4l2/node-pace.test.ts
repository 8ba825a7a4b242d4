import { expect, it } from 'vitest';

import { NodePace } from '../../../src/devices/v4l2/node-pace.ts';

const pace = (): NodePace => new NodePace({ confirmMs: 300, random: () => 1 });
const times = <T>(count: number, next: () => T): T[] => Array.from({ length: count }, next);

it('a device with a problem is asked ever more seldom, every 5 s at last', () => {
  const failing = pace();
  expect(times(6, () => failing.next('failed'))).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
});

it('a device that contradicts itself for ever is not asked for ever at full speed', () => {
  const flickering = pace();
  expect(times(5, () => flickering.next('contradictory'))).toEqual([500, 1000, 2000, 4000, 5000]);
});

it('a device that is well again waits for the re-scan, and its next problem is looked at soon', () => {
  const healed = pace();
  times(4, () => healed.next('failed'));
  expect(healed.next('confirmed')).toBeUndefined();
  expect(healed.next('failed')).toBe(500);
});

it('an event makes a problem be looked at soon again', () => {
  const hurried = pace();
  times(4, () => hurried.next('failed'));
  hurried.reset();
  expect(hurried.next('failed')).toBe(500);
});

it('a new camera is probed a second time soon, a denied node soon again, and the rest not on its own account', () => {
  const standings = ['provisional', 'denied', 'confirmed', 'other', 'gone', 'late'] as const;
  expect(standings.map((standing) => pace().next(standing))).toEqual([
    300,
    200,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

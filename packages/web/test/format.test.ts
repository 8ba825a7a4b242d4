import { expect, test } from 'vitest';
import { formatAge, formatBitrate, formatDuration, formatSize, joinSentences } from '../src/format.ts';

test('ages are told in their largest whole unit, and never below zero', () => {
  expect([-500, 0, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000].map(formatAge)).toEqual([
    '0 s',
    '0 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h',
    '1 d',
  ]);
});

test('durations are minutes and seconds, with hours where there are any', () => {
  expect([0, 5.9, 83, 3599, 3723].map(formatDuration)).toEqual(['0:00', '0:05', '1:23', '59:59', '1:02:03']);
});

test('sizes are decimal with one place', () => {
  expect([0, 999, 12_400_000, 1_000_000_000].map(formatSize)).toEqual(['0 B', '999 B', '12.4 MB', '1.0 GB']);
});

test('rates change their unit at a megabit', () => {
  expect([0, 850_400, 1_240_000].map(formatBitrate)).toEqual(['0 kbit/s', '850 kbit/s', '1.2 Mbit/s']);
});

test('phrases of the service become sentences, and what is missing is left out', () => {
  expect(joinSentences(['the disk is full', undefined, '', 'Delete something. Or buy one!'])).toBe(
    'The disk is full. Delete something. Or buy one!',
  );
});

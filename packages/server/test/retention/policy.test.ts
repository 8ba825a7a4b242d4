import { expect, test } from 'vitest';
import { chooseFiles } from '../../src/retention/policy.ts';
import type { KeptFile } from '../../src/store/kept-files.ts';

const day = 86_400_000;
const now = 100 * day;

/** `days`: its age. */
const file = (filename: string, days: number, size = 10, isProtected = false): KeptFile => ({
  kind: filename.endsWith('.jpg') ? 'snapshots' : 'recordings',
  filename,
  device: 'camera0',
  size,
  time: now - days * day,
  isProtected,
});
const kept = (filename: string, days: number, size = 10): KeptFile => file(filename, days, size, true);

interface Case {
  what: string;
  files: KeptFile[];
  maxDays?: number;
  maxBytes?: number;
  /** Where they are not the only ones. */
  totalBytes?: number;
  goes: string[];
  left: number;
  isDone: boolean;
}

const cases: Case[] = [
  { what: 'no limit', files: [file('a', 90)], goes: [], left: 10, isDone: true },
  { what: 'no file', files: [], maxDays: 1, maxBytes: 1, goes: [], left: 0, isDone: false },
  {
    what: 'older than the limit, and none that is exactly as old',
    files: [file('a', 8), file('b.jpg', 7.001), file('c', 7), file('d', 1)],
    maxDays: 7,
    goes: ['a', 'b.jpg'],
    left: 20,
    isDone: true,
  },
  {
    what: 'all are old: what comes later is still to be asked',
    files: [file('a', 8), file('b', 8)],
    maxDays: 7,
    totalBytes: 50,
    goes: ['a', 'b'],
    left: 30,
    isDone: false,
  },
  {
    what: 'by size, the oldest first, until they fit exactly',
    files: [file('a', 3), file('b.jpg', 2, 5), file('c', 1)],
    maxBytes: 10,
    goes: ['a', 'b.jpg'],
    left: 10,
    isDone: true,
  },
  {
    what: 'what fits exactly stays',
    files: [file('a', 3), file('b', 2)],
    maxBytes: 20,
    goes: [],
    left: 20,
    isDone: true,
  },
  {
    what: 'of one time, in the order that they come in',
    files: [file('a', 3), file('b', 3), file('c', 3)],
    maxBytes: 10,
    goes: ['a', 'b'],
    left: 10,
    isDone: true,
  },
  {
    what: 'one without a byte goes in its turn, and frees nothing',
    files: [file('a', 3, 0), file('b', 2), file('c', 1)],
    maxBytes: 15,
    goes: ['a', 'b'],
    left: 10,
    isDone: true,
  },
  {
    what: 'one without a byte stays where nothing must go',
    files: [file('a', 3, 0), file('b', 2)],
    maxBytes: 10,
    goes: [],
    left: 10,
    isDone: true,
  },
  {
    what: 'a protected one stays whatever its age, and those behind it go',
    files: [kept('a', 9), file('b', 8), kept('c', 8), file('d', 8)],
    maxDays: 7,
    goes: ['b', 'd'],
    left: 20,
    isDone: false,
  },
  {
    what: 'a protected one counts in the sum',
    files: [kept('a', 9, 100), file('b', 8), file('c', 1)],
    maxBytes: 110,
    goes: ['b'],
    left: 110,
    isDone: true,
  },
  {
    what: 'protected ones alone take too much',
    files: [kept('a', 9, 100), file('b', 8), file('c', 1)],
    maxBytes: 50,
    goes: ['b', 'c'],
    left: 100,
    isDone: false,
  },
  {
    what: 'both: the old ones, and then by size',
    files: [file('a', 8), file('b', 6), file('c', 5), file('d', 4)],
    maxDays: 7,
    maxBytes: 25,
    goes: ['a', 'b'],
    left: 20,
    isDone: true,
  },
  {
    what: 'both: age lets more go than size',
    files: [file('a', 9), file('b', 8), file('c', 5)],
    maxDays: 7,
    maxBytes: 25,
    goes: ['a', 'b'],
    left: 10,
    isDone: true,
  },
  {
    what: 'the clock was set back: what is of the future is young',
    files: [file('a', -1), file('b', -400)],
    maxDays: 1,
    goes: [],
    left: 20,
    isDone: true,
  },
  {
    what: 'the clock was set back: by size, what is of the future goes last',
    files: [file('a', 1), file('b', -400)],
    maxBytes: 10,
    goes: ['a'],
    left: 10,
    isDone: true,
  },
  {
    what: 'others that come later take the room',
    files: [file('a', 3), file('b', 2)],
    maxBytes: 25,
    totalBytes: 100,
    goes: ['a', 'b'],
    left: 80,
    isDone: false,
  },
];

test.each(cases)('$what', ({ files, maxDays, maxBytes, totalBytes, goes, left, isDone }) => {
  const limits = { maxAgeMs: maxDays === undefined ? undefined : maxDays * day, maxBytes };
  const choice = chooseFiles(files, {
    limits,
    now,
    totalBytes: totalBytes ?? files.reduce((sum, { size }) => sum + size, 0),
  });
  expect(choice.chosen.map(({ filename }) => filename)).toEqual(goes);
  expect(choice).toMatchObject({ totalBytes: left, isDone });
});

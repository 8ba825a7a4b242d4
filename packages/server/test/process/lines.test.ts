import { expect, test } from 'vitest';
import { LineSplitter } from '../../src/process/lines.ts';

function split(chunks: Uint8Array[], maxLength?: number): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line), maxLength);
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

const text = 'first\nzweite: grün €\r\nframe=1\rframe=2\r\n\nlast without an end 🎥';
const expected = ['first', 'zweite: grün €', 'frame=1', 'frame=2', 'last without an end 🎥'];

test('lines are whole wherever the chunks are cut, also in the middle of a letter', () => {
  const bytes = Buffer.from(text);
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    expect(split(chunks), `chunks of ${size}`).toEqual(expected);
  }
});

test('a line is given as soon as its end is there', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  splitter.push(Buffer.from('one\ntw'));
  expect(lines).toEqual(['one']);
  splitter.push(Buffer.from('o\n'));
  expect(lines).toEqual(['one', 'two']);
});

test('what never ends is given in pieces, and nothing of it is lost', () => {
  const lines = split(
    Array.from({ length: 100 }, () => Buffer.from('0123456789')),
    64,
  );
  expect(Math.max(...lines.map(({ length }) => length))).toBe(64);
  expect(lines.join('')).toBe('0123456789'.repeat(100));
});

test('a long line that comes at once is cut too', () => {
  expect(split([Buffer.from(`${'x'.repeat(25)}\nend\n`)], 10)).toEqual([
    'x'.repeat(10),
    'x'.repeat(10),
    'x'.repeat(5),
    'end',
  ]);
});

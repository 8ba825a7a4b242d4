import { expect, test } from 'vitest';
import { type Calm, CalmMeter } from '../../src/taps/calm-meter.ts';

const startMs = 1_000_000;
const slice = Buffer.from([0, 0, 0, 1, 0x65]);

/** Feeds 30 frames a second, two keyframes in each; gives what was said, at the second in which it changed. */
function feed(
  frame: (n: number) => { bytes: number; key?: Buffer },
  seconds: number,
): [number, Calm | null][] {
  const meter = new CalmMeter();
  const changes: [number, Calm | null][] = [];
  let last: Calm | null = null;
  for (let n = 0; n < seconds * 30; n += 1) {
    const { bytes, key } = frame(n);
    const isKeyframe = n % 15 === 0;
    const data = isKeyframe ? (key ?? differentKey(n)) : Buffer.alloc(bytes);
    const calm = meter.add({ data, isKeyframe }, startMs + (n * 1000) / 30);
    if (calm !== last) changes.push([Math.floor(n / 30), calm]);
    last = calm;
  }
  return changes;
}

/** A keyframe of 50 kB that is like no other. */
function differentKey(n: number): Buffer {
  const data = Buffer.alloc(50_000);
  slice.copy(data);
  data.writeUInt32BE(n, 10);
  return data;
}

/** One of five pictures, after a message that is different each time. */
function repeatedKey(n: number): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 1, 6, n % 251, 0x80]), differentKey(n % 75)]);
}

test('frames that stay tiny for five seconds are calm', () => {
  expect(feed(() => ({ bytes: 24 }), 20)).toEqual([[5, 'tiny']]);
});

test('the frame after a keyframe may refine it', () => {
  expect(feed((n) => ({ bytes: n % 15 === 1 ? 2000 : 60 }), 20)).toEqual([[5, 'tiny']]);
});

test('frames that are small beside their keyframe are calm, and no longer where they grow', () => {
  expect(feed(() => ({ bytes: 450 }), 20)).toEqual([[5, 'tiny']]);
  expect(feed(() => ({ bytes: 600 }), 20)).toEqual([]);
});

test('a picture that moves again is not calm within the same second', () => {
  expect(feed((n) => ({ bytes: n < 305 ? 24 : 5000 }), 20)).toEqual([
    [5, 'tiny'],
    [10, null],
  ]);
});

test('one moment of motion in five seconds is enough', () => {
  expect(feed((n) => ({ bytes: n % 120 < 5 ? 5000 : 24 }), 20)).toEqual([]);
});

test('a keyframe that comes again for five seconds is repeating, whatever stands before the picture', () => {
  // The last repetition comes in second 9, and holds for ten seconds.
  expect(feed((n) => ({ bytes: 5000, key: n < 300 ? repeatedKey(n) : differentKey(n) }), 30)).toEqual([
    [7, 'repeating'],
    [19, null],
  ]);
});

test('a repeating picture that was tiny and moves is not repeating', () => {
  const changes = feed((n) => (n < 300 ? { bytes: 24, key: differentKey(0) } : { bytes: 5000 }), 20);
  expect(changes).toEqual([
    [5, 'tiny'],
    [10, null],
  ]);
});

test('a stall is not calm, and the five seconds begin anew after it', () => {
  const meter = new CalmMeter();
  const add = (nowMs: number): Calm | null => meter.add({ data: Buffer.alloc(20), isKeyframe: false }, nowMs);
  let calm: Calm | null = null;
  for (let ms = 0; ms < 6000; ms += 40) calm = add(startMs + ms);
  expect(calm).toBe('tiny');
  for (let ms = 10_000; ms < 14_000; ms += 40) calm = add(startMs + ms);
  expect(calm).toBeNull();
});

test('a stream of keyframes alone is not tiny', () => {
  const meter = new CalmMeter();
  for (let n = 0; n < 20; n += 1)
    expect(meter.add({ data: differentKey(n), isKeyframe: true }, startMs + n * 1000)).toBeNull();
});

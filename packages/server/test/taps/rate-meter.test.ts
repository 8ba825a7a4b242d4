import { expect, test } from 'vitest';
import { RateMeter } from '../../src/taps/rate-meter.ts';

test('frames and bits a second are those of the last seconds', () => {
  const meter = new RateMeter(3000);
  expect(meter.read(0)).toEqual({ fps: 0, bitrate: 0 });
  for (let i = 0; i <= 3000; i += 1) meter.add(i * 20, 1000);
  expect(meter.read(60_000)).toEqual({ fps: 50, bitrate: 400_000 });
});

test('a stream that stops goes to zero', () => {
  const meter = new RateMeter(3000);
  for (let i = 0; i < 100; i += 1) meter.add(i * 40, 1000);
  expect(meter.read(10_000)).toEqual({ fps: 0, bitrate: 0 });
});

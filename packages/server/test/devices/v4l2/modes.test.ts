import { expect, it } from 'vitest';

import { expandRates, expandSizes, sortModes } from '../../../src/devices/v4l2/modes.ts';
import type { FrameSizeRange } from '../../../src/devices/v4l2/structs.ts';

function range(width: [number, number, number], height: [number, number, number]): FrameSizeRange {
  const [minWidth, maxWidth, stepWidth] = width;
  const [minHeight, maxHeight, stepHeight] = height;
  return { isDiscrete: false, minWidth, maxWidth, stepWidth, minHeight, maxHeight, stepHeight };
}

const names = (sizes: { width: number; height: number }[]): string[] =>
  sizes.map(({ width, height }) => `${width}x${height}`);

it('a range of sizes becomes the common ones inside, and its largest', () => {
  // Raspberry Pi camera module 2 through its old driver.
  const sizes = names(expandSizes(range([32, 2592, 2], [32, 1944, 2])));
  expect(sizes).toContain('1280x720');
  expect(sizes).toContain('1920x1080');
  expect(sizes).not.toContain('3840x2160');
  expect(sizes.at(-1)).toBe('2592x1944');
});

it('sizes off the steps are left out', () => {
  const sizes = names(expandSizes(range([32, 1920, 32], [32, 1080, 32])));
  expect(sizes).toContain('640x480');
  expect(sizes).not.toContain('1280x720');
});

it('a largest size beyond reason is left out, unless it is the only one', () => {
  expect(names(expandSizes(range([16, 16384, 2], [16, 8640, 2])))).not.toContain('16384x8640');
  expect(names(expandSizes(range([16384, 16384, 1], [8640, 8640, 1])))).toEqual(['16384x8640']);
});

it('a range of rates becomes the common ones inside, and its fastest', () => {
  expect(expandRates({ isDiscrete: false, minFps: 7.5, maxFps: 59.94 })).toEqual([
    10, 15, 20, 24, 25, 30, 50, 59.94,
  ]);
  expect(expandRates({ isDiscrete: true, minFps: 30, maxFps: 30 })).toEqual([30]);
});

it('modes are sorted by size, then rate, then format, and doubles fall out', () => {
  const small = { pixelFormat: 'YUYV', width: 640, height: 480, fps: 30 };
  const large = { pixelFormat: 'YUYV', width: 1280, height: 720, fps: 10 };
  const fast = { ...large, fps: 30 };
  const native = { ...fast, pixelFormat: 'H264' };
  expect(sortModes([small, large, fast, { ...small }, native])).toEqual([native, fast, large, small]);
});

import { expect, test } from 'vitest';
import { frameDistance, readFrameNumber } from '../../src/capture/read-number.ts';

test.each([0, 1, 32_768, 43_690, 65_535])('the number %i is read from luma, RGB and RGBA', (number) => {
  for (const bytesPerPixel of [1, 3, 4] as const) {
    const picture = draw(number, bytesPerPixel);
    expect(readFrameNumber(picture)).toBe(number);
    expect(readFrameNumber({ ...picture, bytesPerPixel })).toBe(number);
  }
});

test('a picture of something else has no number', () => {
  const picture = draw(5, 1);
  picture.data.fill(128);
  expect(readFrameNumber(picture)).toBeNull();
  expect(readFrameNumber({ width: 16, height: 16, stride: 16, data: new Uint8Array(256) })).toBeNull();
});

test('the distance goes round', () => {
  expect([
    frameDistance(1, 3),
    frameDistance(3, 1),
    frameDistance(65_535, 2),
    frameDistance(2, 65_535),
  ]).toEqual([2, -2, 3, -3]);
});

function draw(
  number: number,
  bytesPerPixel: number,
): { width: number; height: number; data: Uint8Array; stride: number } {
  const [width, height, side] = [330, 180, 10];
  const stride = width * bytesPerPixel;
  const data = new Uint8Array(stride * height).fill(90);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side * 16; x += 1) {
      const isWhite = ((number >> Math.floor(x / side)) & 1) === 1;
      data.fill(isWhite ? 235 : 16, y * stride + x * bytesPerPixel, y * stride + (x + 1) * bytesPerPixel);
    }
  }
  return { width, height, data, stride };
}

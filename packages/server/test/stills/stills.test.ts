import { expect, test } from 'vitest';
import { readPictureSize, toQscale } from '../../src/stills/index.ts';

test.each([
  [100, 2],
  [90, 5],
  [50, 17],
  [1, 31],
  [-5, 31],
  [500, 2],
])('quality %i is scale %i', (quality, qscale) => {
  expect(toQscale(quality)).toBe(qscale);
});

test('the size of a JPEG is read past other segments and fill bytes', () => {
  const app = [0xff, 0xe0, 0, 4, 1, 2];
  const frame = [0xff, 0xff, 0xc2, 0, 17, 8, 0x02, 0xd0, 0x05, 0x00, 3];
  expect(readPictureSize(Buffer.from([0xff, 0xd8, ...app, ...frame]))).toEqual({ width: 1280, height: 720 });
});

test('the size of a PNG is read', () => {
  const head = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  expect(readPictureSize(Buffer.concat([head, Buffer.from([0, 0, 7, 0x80, 0, 0, 4, 0x38])]))).toEqual({
    width: 1920,
    height: 1080,
  });
});

test.each(['', 'ffd8', 'ffd8ffe00004', 'ffd800000000000000000000', '89504e470d0a1a0a00', '474946383961'])(
  'no size is read from %j',
  (hex) => {
    expect(readPictureSize(Buffer.from(hex, 'hex'))).toBeNull();
  },
);

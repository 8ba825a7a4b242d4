import { expect, test } from 'vitest';
import { readSpsSize } from '../../src/taps/sps.ts';

// Made by x264 with these sizes; they cover cropping, high profiles, 4:4:4, 4:2:2 and interlacing.
test.each([
  ['baseline', '6742c01fd9005005bb011000000300100000030140f1832480', 1280, 720],
  ['high, cropped', '67640028acd940780227e5c044000003000400000300503c60c658', 1920, 1080],
  ['main, cropped', '674d400ceca0a0cfcf8088000003000800000300a078a14cb0', 320, 180],
  ['high, interlaced', '67640016acd940b424d80880000003008000000a0f8a14cb', 720, 576],
  ['4:4:4, cropped', '67f40016919b281b07bc5f8088000003000800000300a078b16cb0', 854, 480],
  ['4:2:2, cropped', '677a0016bcd940a02ff9f011000003000100000300140f162d96', 640, 362],
  ['high, cropped in width', '67640020acd94056061e6f011000000300100000030140f1831960', 1366, 768],
])('the size of a %s stream is read', (_name, hex, width, height) => {
  expect(readSpsSize(Buffer.from(hex, 'hex'))).toEqual({ width, height });
});

test('scaling lists are passed over', () => {
  // Profile 100, 4:2:0, all eight lists present: each of a single delta that ends it, but for one of 16 zero deltas.
  const lists = `11${'1'.repeat(16)}${`1${ue(16)}`.repeat(7)}`;
  const fields = [
    ue(0),
    ue(1),
    ue(0),
    ue(0),
    '0',
    lists,
    ue(0),
    ue(2),
    ue(1),
    '0',
    ue(19),
    ue(14),
    '1',
    '1',
    '0',
    '0',
    '1',
  ];
  const bits = `01100111011001000000000000011110${fields.join('')}`;
  expect(readSpsSize(fromBits(bits))).toEqual({ width: 320, height: 240 });
});

test.each(['', '67', '6742c01f', '6742c01f0000000000000000'])('no size is read from %j', (hex) => {
  expect(readSpsSize(Buffer.from(hex, 'hex'))).toBeNull();
});

/** Exponential Golomb code; ue(16) as a signed delta is -8, which ends a scaling list at once. */
function ue(value: number): string {
  const code = (value + 1).toString(2);
  return '0'.repeat(code.length - 1) + code;
}

function fromBits(bits: string): Buffer {
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
  return Buffer.from((padded.match(/.{8}/gu) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

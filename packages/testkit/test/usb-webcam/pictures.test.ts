import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

import { ffmpegBinary } from '../../src/binaries.ts';
import { FrameMaker } from '../../src/usb-webcam/frame-maker.ts';
import type { WebcamMode } from '../../src/usb-webcam/negotiation.ts';
import { splitFrame } from '../../src/usb-webcam/payloads.ts';

const tint = { cb: 150, cr: 110 };
const mjpeg = { pixelFormat: 'MJPG', width: 320, height: 180, fps: 5 } as const;

/** The luma that ffmpeg sees in a frame, and what it complains of. */
function decode({ pixelFormat, width, height }: WebcamMode, frame: Buffer | undefined) {
  if (!frame) throw new Error('no frame');
  const size = `${width}x${height}`;
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuyv422', '-video_size', size];
  const input = pixelFormat === 'YUYV' ? raw : ['-f', 'mjpeg'];
  const output = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
  const { stdout, stderr } = spawnSync(ffmpegBinary(), ['-v', 'error', ...input, '-i', '-', ...output], {
    input: frame,
    maxBuffer: 1 << 24,
  });
  return { luma: stdout, complaints: stderr.toString() };
}

function readNumber({ width }: WebcamMode, luma: Buffer): number {
  const side = Math.floor(width / 32);
  const middle = side >> 1;
  const bits = Array.from({ length: 16 }, (_, bit) => luma[middle * width + bit * side + middle] ?? 0);
  return bits.reduce((number, level, bit) => number + (level > 127 ? 2 ** bit : 0), 0);
}

const sizes = [
  { width: 320, height: 180 },
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
];

test.each(
  sizes.flatMap((size) =>
    (['MJPG', 'YUYV'] as const).map((pixelFormat) => ({ pixelFormat, ...size, fps: 5 })),
  ),
)('the number is read from $pixelFormat $width x $height', (mode) => {
  const maker = new FrameMaker(mode, tint);
  for (const number of [0, 1, 43_690, 65_535]) {
    const { luma, complaints } = decode(mode, maker.make(number, 'none'));
    expect(complaints).toBe('');
    expect(luma).toHaveLength(mode.width * mode.height);
    expect(readNumber(mode, luma)).toBe(number);
  }
});

describe('faults', () => {
  const maker = new FrameMaker(mjpeg, tint);
  const sound = maker.make(1, 'none');

  test('a frozen picture is the one before', () => {
    expect(maker.make(2, 'freeze')).toEqual(sound);
  });

  test('a stalled camera makes none, half of the rate every second', () => {
    expect(maker.make(3, 'stall')).toBeUndefined();
    const made = [4, 5, 6, 7].map((number) => maker.make(number, 'half-rate') !== undefined);
    expect(made.filter(Boolean)).toHaveLength(2);
    expect(made[0]).not.toBe(made[1]);
  });

  test('a sparse one every eighth', () => {
    const made = Array.from({ length: 24 }, (_, index) => maker.make(index, 'sparse') !== undefined);
    expect(made.filter(Boolean)).toHaveLength(3);
  });

  test('a black picture has nothing bright', () => {
    expect(Math.max(...decode(mjpeg, maker.make(8, 'black')).luma)).toBeLessThan(30);
  });

  test('a corrupt picture is one that a decoder complains of', () => {
    expect(decode(mjpeg, maker.make(9, 'corrupt')).complaints).toContain('mjpeg');
  });
});

test('a frame goes out in payloads of one id, of which the last says that it is the last', () => {
  const payloads = splitFrame(Buffer.alloc(40_000), 1);
  expect(payloads.map((payload) => payload.length)).toEqual([16_384, 16_384, 7_238]);
  expect(payloads.map((payload) => payload.readUInt8(1))).toEqual([0x81, 0x81, 0x83]);
});

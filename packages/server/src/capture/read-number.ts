import { NUMBER_BITS, squareSide } from './test-picture.ts';

export interface NumberedPicture {
  width: number;
  height: number;
  /** A luma plane (1 byte a pixel), or RGB or RGBA. */
  data: Uint8Array;
  /** Bytes from one row to the next. */
  stride: number;
  /** Default: 4 where the stride has room for it, else 3, else 1. */
  bytesPerPixel?: 1 | 3 | 4;
}

/**
 * Reads the number that a test camera's picture carries in its squares, 0 to 65535; null where a square is
 * neither black nor white, so that a picture of something else isn't taken for a number.
 */
export function readFrameNumber(picture: NumberedPicture): number | null {
  const side = squareSide(picture.width);
  if (side < 2 || picture.height < side) return null;
  let number = 0;
  for (let bit = 0; bit < NUMBER_BITS; bit += 1) {
    const level = meanLevel(picture, bit * side, side);
    if (level > 80 && level < 175) return null;
    if (level >= 175) number += 2 ** bit;
  }
  return number;
}

/** How many frames `later` is after `earlier`, where the count may have gone round once. */
export function frameDistance(earlier: number, later: number): number {
  const distance = (later - earlier) & 0xffff;
  return distance >= 0x8000 ? distance - 0x10000 : distance;
}

/** The middle half of a square, so that blurred edges don't count. */
function meanLevel(
  { width, data, stride, bytesPerPixel }: NumberedPicture,
  left: number,
  side: number,
): number {
  const step = bytesPerPixel ?? (stride >= width * 4 ? 4 : stride >= width * 3 ? 3 : 1);
  const margin = Math.floor(side / 4);
  let sum = 0;
  let count = 0;
  for (let y = margin; y < side - margin; y += 1) {
    for (let x = left + margin; x < left + side - margin; x += 1) {
      const at = y * stride + x * step;
      // Green stands for the brightness: the squares are grey.
      sum += data[step === 1 ? at : at + 1] ?? 0;
      count += 1;
    }
  }
  return sum / count;
}

import type { NumberedPicture } from './numbered-picture.ts';

/** The frame of that number, 2 bytes a pixel. */
export function encodeYuyv(picture: NumberedPicture, number: number): Buffer {
  const { width, height } = picture;
  const bytes = Buffer.alloc(width * height * 2);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    const { cb, cr } = picture.chroma(y);
    for (let x = 0; x < width; x += 1) {
      bytes[at++] = picture.luma(x, y, number);
      bytes[at++] = x % 2 === 0 ? cb : cr;
    }
  }
  return bytes;
}

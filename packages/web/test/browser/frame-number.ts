import type { Locator } from 'playwright-core';
import { until } from '@mediamtx-camera-service/testkit';

/** Of the test cameras. */
export const fps = 30;
const numbers = 65_536;

/** The number in the picture that the element shows: 16 squares in the top row, lowest bit first; null without a picture. */
export function readNumber(element: Element): number | null {
  const picture = element as HTMLVideoElement | HTMLImageElement;
  const width = picture instanceof HTMLVideoElement ? picture.videoWidth : picture.naturalWidth;
  // A video knows its size before it has a frame to draw.
  const hasFrame = !(picture instanceof HTMLVideoElement) || picture.readyState >= picture.HAVE_CURRENT_DATA;
  if (width === 0 || !hasFrame) return null;
  const side = Math.floor(width / 32);
  const canvas = document.createElement('canvas');
  canvas.width = side * 16;
  canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(picture, 0, 0);
  const middle = side >> 1;
  let number = 0;
  for (let bit = 0; bit < 16; bit += 1) {
    const [brightness = 0] = context.getImageData(bit * side + middle, middle, 1, 1).data;
    if (brightness > 127) number += 2 ** bit;
  }
  return number;
}

/** Waits for a picture, and reads its number. */
export async function numberIn(picture: Locator): Promise<number> {
  const found = await until(
    async () => {
      const number = await picture.evaluate(readNumber);
      // In an object, since frame 0 is an answer too.
      return number !== null && { number };
    },
    { what: 'a picture', timeoutMs: 30_000 },
  );
  return found.number;
}

/** How many frames `to` is after `from`; below zero where it is before. */
export function framesBetween(from: number, to: number): number {
  const ahead = (((to - from) % numbers) + numbers) % numbers;
  return ahead < numbers / 2 ? ahead : ahead - numbers;
}

/** How many seconds ago the frame with this number was made. */
export function ageOf(number: number): number {
  return framesBetween(number, Math.floor((Date.now() / 1000) * fps) % numbers) / fps;
}

/** Waits until the picture has gone on by so many frames. */
export async function untilMoved(picture: Locator, frames = 10): Promise<void> {
  const first = await numberIn(picture);
  await until(async () => framesBetween(first, await numberIn(picture)) >= frames, {
    what: `the picture moving on by ${frames} frames`,
    timeoutMs: 30_000,
  });
}

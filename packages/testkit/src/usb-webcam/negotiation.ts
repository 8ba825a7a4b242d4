// Probe and commit: the host proposes a mode, the webcam says what it makes of it, the host commits it.
import { frameInterval, maxFrameBytes, type WebcamFormat, type WebcamPixelFormat } from './model.ts';
import { MAX_PAYLOAD_BYTES } from './uvc-descriptors.ts';

/** Bytes of the negotiated struct in UVC 1.1. */
export const NEGOTIATION_BYTES = 34;

export interface WebcamMode {
  pixelFormat: WebcamPixelFormat;
  width: number;
  height: number;
  fps: number;
}

/** The mode that is nearest to what the host proposes; bytes of any length, missing ones count as zero. */
export function negotiate(
  formats: readonly WebcamFormat[],
  proposal: Buffer,
): { mode: WebcamMode; answer: Buffer } {
  const wanted = Buffer.alloc(NEGOTIATION_BYTES);
  proposal.copy(wanted);
  const formatIndex = within(wanted.readUInt8(2), formats.length);
  const { pixelFormat, sizes } = formats[formatIndex - 1]!;
  const sizeIndex = within(wanted.readUInt8(3), sizes.length);
  const { width, height, fps: rates } = sizes[sizeIndex - 1]!;
  const interval = wanted.readUInt32LE(4);
  const distance = (rate: number): number => Math.abs(frameInterval(rate) - interval);
  const fps =
    interval === 0
      ? rates[0]!
      : rates.reduce((best, rate) => (distance(rate) < distance(best) ? rate : best));

  const answer = Buffer.alloc(NEGOTIATION_BYTES);
  answer.writeUInt16LE(wanted.readUInt16LE(0), 0);
  answer.writeUInt8(formatIndex, 2);
  answer.writeUInt8(sizeIndex, 3);
  answer.writeUInt32LE(frameInterval(fps), 4);
  answer.writeUInt32LE(maxFrameBytes(width, height), 18);
  answer.writeUInt32LE(MAX_PAYLOAD_BYTES, 22);
  return { mode: { pixelFormat, width, height, fps }, answer };
}

/** An index from 1 on, as the host may ask for one that isn't there. */
function within(index: number, count: number): number {
  return index >= 1 && index <= count ? index : 1;
}

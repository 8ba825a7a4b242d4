import type { WebcamFault } from './faults.ts';
import { JpegEncoder } from './jpeg.ts';
import type { WebcamMode } from './negotiation.ts';
import { NumberedPicture, type PictureOptions } from './numbered-picture.ts';
import { encodeYuyv } from './yuyv.ts';

/** Of so many frames one is sent. */
const oneOf: Partial<Record<WebcamFault, number>> = { 'half-rate': 2, sparse: 8 };

/** Makes the frames of a stream, sound or faulty, as the bytes that the host gets. */
export class FrameMaker {
  readonly #encode: (number: number) => Buffer;
  readonly #encodeBlack: () => Buffer;
  #last: Buffer | undefined;
  #made = 0;

  constructor({ pixelFormat, width, height }: WebcamMode, tint: PictureOptions['tint']) {
    const make = (isBlack: boolean): ((number: number) => Buffer) => {
      const picture = new NumberedPicture({ width, height, tint, isBlack });
      if (pixelFormat === 'YUYV') return (number) => encodeYuyv(picture, number);
      const encoder = new JpegEncoder(picture);
      return (number) => encoder.encode(number);
    };
    this.#encode = make(false);
    let black: Buffer | undefined;
    this.#encodeBlack = () => (black ??= make(true)(0));
  }

  /** The frame of that number, or undefined where the fault leaves it out. */
  make(number: number, fault: WebcamFault): Buffer | undefined {
    this.#made += 1;
    if (fault === 'stall' || fault === 'dead' || this.#made % (oneOf[fault] ?? 1) !== 0) return undefined;
    if (fault === 'freeze' && this.#last) return this.#last;
    if (fault === 'black') return this.#encodeBlack();
    this.#last = this.#encode(number);
    return fault === 'corrupt' ? spoil(this.#last) : this.#last;
  }
}

/** Cut off, and with wrong bits in what is left; the head stays, so that it is still taken for a picture. */
function spoil(frame: Buffer): Buffer {
  const spoilt = Buffer.from(frame.subarray(0, Math.floor(frame.length * 0.7)));
  for (let at = Math.floor(frame.length / 4); at < spoilt.length; at += 50) spoilt.writeUInt8(0x5a, at);
  return spoilt;
}

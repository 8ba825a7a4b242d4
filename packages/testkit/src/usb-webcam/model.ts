/** What a webcam is: what the host reads in its descriptors. */

export type WebcamPixelFormat = 'MJPG' | 'YUYV';

export interface WebcamSize {
  width: number;
  height: number;
  /** The rates that it offers for this size; the first is its default. */
  fps: readonly number[];
}

export interface WebcamFormat {
  pixelFormat: WebcamPixelFormat;
  /** The first is the default. */
  sizes: readonly WebcamSize[];
}

export interface WebcamModel {
  /** Four hexadecimal digits, as sysfs writes them. */
  vendorId: string;
  productId: string;
  manufacturer: string;
  /** The product's name; V4L2's card says it twice, as of most webcams. */
  name: string;
  /** null: a webcam without a serial number. */
  serial: string | null;
  formats: readonly WebcamFormat[];
}

/** Small and slow, since an emulated processor decodes it. */
export const DEFAULT_MODEL: WebcamModel = {
  vendorId: '046d',
  productId: '0825',
  manufacturer: 'Testkit',
  name: 'Testkit Webcam',
  serial: null,
  formats: [
    {
      pixelFormat: 'MJPG',
      sizes: [
        { width: 320, height: 180, fps: [5, 10] },
        { width: 640, height: 360, fps: [5, 10] },
      ],
    },
    { pixelFormat: 'YUYV', sizes: [{ width: 320, height: 180, fps: [5] }] },
  ],
};

/** A frame's time in UVC's unit of 100 ns. */
export function frameInterval(fps: number): number {
  return Math.round(10_000_000 / fps);
}

/** Bytes that a frame may take at most, by which the host makes its buffers. */
export function maxFrameBytes(width: number, height: number): number {
  return width * height * 2;
}

/** Where a camera's pictures come from, in the terms that the capture command needs. */
export type CaptureSource = V4l2Source | TestSource;

export interface V4l2Source {
  kind: 'v4l2';
  /** The device node, e.g. /dev/video0. */
  node: string;
  /** The driver's four characters, e.g. MJPG, YUYV, H264. */
  pixelFormat: string;
  /** The same in ffmpeg's words for `-input_format`, e.g. mjpeg, yuyv422, h264. */
  inputFormat: string;
  width: number;
  height: number;
  /** May be a fraction, as some drivers give. */
  fps: number;
}

export interface TestSource {
  kind: 'test';
  width: number;
  height: number;
  /** A whole number. */
  fps: number;
  /** Shown in the picture. */
  label: string;
}

/** Whether the device's own H.264 is passed on without decoding. */
export function isNativeH264(source: CaptureSource): boolean {
  return source.kind === 'v4l2' && source.inputFormat === 'h264';
}

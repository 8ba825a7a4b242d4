// The V4L2 structs that probing needs, as bytes of a 64-bit little endian kernel (x86-64, arm64).
// Requests carry the struct's size in their number, so a wrong layout is refused with ENOTTY, never misread.

export const VIDIOC_QUERYCAP = 0x80685600;
export const VIDIOC_ENUM_FMT = 0xc0405602;
export const VIDIOC_G_FMT = 0xc0d05604;
export const VIDIOC_G_PARM = 0xc0cc5615;
export const VIDIOC_ENUM_FRAMESIZES = 0xc02c564a;
export const VIDIOC_ENUM_FRAMEINTERVALS = 0xc034564b;

export const BUFFER_TYPE_CAPTURE = 1;
export const BUFFER_TYPE_CAPTURE_MPLANE = 9;

const SIZE = { capability: 104, fmt: 64, format: 208, parm: 204, frameSize: 44, frameInterval: 52 };

const CAP_VIDEO_CAPTURE = 0x1;
const CAP_VIDEO_CAPTURE_MPLANE = 0x1000;
const CAP_VIDEO_M2M_MPLANE = 0x4000;
const CAP_VIDEO_M2M = 0x8000;
const CAP_META_CAPTURE = 0x0080_0000;
const CAP_IO_MC = 0x2000_0000;

const FRAME_DISCRETE = 1;

export interface Capability {
  driver: string;
  card: string;
  busInfo: string;
  /** What this node does; `capabilities` would be what the whole device does. */
  deviceCaps: number;
}

/** The sizes between the least and the most that lie on the steps; a discrete one has both equal. */
export interface FrameSizeRange {
  isDiscrete: boolean;
  minWidth: number;
  maxWidth: number;
  stepWidth: number;
  minHeight: number;
  maxHeight: number;
  stepHeight: number;
}

export interface FrameRateRange {
  isDiscrete: boolean;
  minFps: number;
  maxFps: number;
}

export function makeCapability(): Buffer {
  return Buffer.alloc(SIZE.capability);
}

export function parseCapability(bytes: Buffer): Capability {
  return {
    driver: readText(bytes, 0, 16),
    card: readText(bytes, 16, 32),
    busInfo: readText(bytes, 48, 32),
    deviceCaps: bytes.readUInt32LE(88),
  };
}

/** How a node captures: in one plane, in several, or not at all (metadata, output, codec, pipeline part). */
export function captureKind(deviceCaps: number): 'single' | 'multi' | 'none' {
  const has = (flag: number): boolean => (deviceCaps & flag) !== 0;
  if (has(CAP_META_CAPTURE) || has(CAP_VIDEO_M2M) || has(CAP_VIDEO_M2M_MPLANE)) return 'none';
  // A part of a media-controller pipeline (phone-style sensors, ISPs): gives no picture until that is set up.
  if (has(CAP_IO_MC)) return 'none';
  if (has(CAP_VIDEO_CAPTURE)) return 'single';
  return has(CAP_VIDEO_CAPTURE_MPLANE) ? 'multi' : 'none';
}

export function makeFormatQuery(index: number, bufferType: number): Buffer {
  const bytes = Buffer.alloc(SIZE.fmt);
  bytes.writeUInt32LE(index, 0);
  bytes.writeUInt32LE(bufferType, 4);
  return bytes;
}

/** The fourcc of an answered format query, or of a current format, as text. */
export function parseFormat(bytes: Buffer): string {
  return fourccText(bytes.readUInt32LE(44));
}

export function makeFrameSizeQuery(index: number, fourcc: string): Buffer {
  const bytes = Buffer.alloc(SIZE.frameSize);
  bytes.writeUInt32LE(index, 0);
  bytes.writeUInt32LE(fourccNumber(fourcc), 4);
  return bytes;
}

export function parseFrameSize(bytes: Buffer): FrameSizeRange {
  const at = (offset: number): number => bytes.readUInt32LE(offset);
  if (at(8) === FRAME_DISCRETE) {
    const [width, height] = [at(12), at(16)];
    return {
      isDiscrete: true,
      minWidth: width,
      maxWidth: width,
      stepWidth: 1,
      minHeight: height,
      maxHeight: height,
      stepHeight: 1,
    };
  }
  return {
    isDiscrete: false,
    minWidth: at(12),
    maxWidth: at(16),
    stepWidth: Math.max(1, at(20)),
    minHeight: at(24),
    maxHeight: at(28),
    stepHeight: Math.max(1, at(32)),
  };
}

export interface FrameIntervalQuery {
  index: number;
  fourcc: string;
  width: number;
  height: number;
}

export function makeFrameIntervalQuery(query: FrameIntervalQuery): Buffer {
  const bytes = Buffer.alloc(SIZE.frameInterval);
  bytes.writeUInt32LE(query.index, 0);
  bytes.writeUInt32LE(fourccNumber(query.fourcc), 4);
  bytes.writeUInt32LE(query.width, 8);
  bytes.writeUInt32LE(query.height, 12);
  return bytes;
}

/** An interval is seconds a frame; the range is turned into rates. Null for a zero, which some drivers give. */
export function parseFrameInterval(bytes: Buffer): FrameRateRange | null {
  const isDiscrete = bytes.readUInt32LE(16) === FRAME_DISCRETE;
  const maxFps = readRate(bytes, 20);
  const minFps = isDiscrete ? maxFps : readRate(bytes, 28);
  return maxFps === null || minFps === null ? null : { isDiscrete, minFps, maxFps };
}

export function makeCurrentFormatQuery(): Buffer {
  const bytes = Buffer.alloc(SIZE.format);
  bytes.writeUInt32LE(BUFFER_TYPE_CAPTURE, 0);
  return bytes;
}

export function parseCurrentFormat(bytes: Buffer): { width: number; height: number; pixelFormat: string } {
  return {
    width: bytes.readUInt32LE(8),
    height: bytes.readUInt32LE(12),
    pixelFormat: fourccText(bytes.readUInt32LE(16)),
  };
}

export function makeStreamParameterQuery(): Buffer {
  const bytes = Buffer.alloc(SIZE.parm);
  bytes.writeUInt32LE(BUFFER_TYPE_CAPTURE, 0);
  return bytes;
}

/** The current rate; null when the driver does not say. */
export function parseCurrentRate(bytes: Buffer): number | null {
  return readRate(bytes, 12);
}

// The top bit marks a big endian variant of the same four letters.
export function fourccText(value: number): string {
  const letters = Buffer.alloc(4);
  letters.writeUInt32LE((value & 0x7fff_ffff) >>> 0);
  return letters.toString('latin1') + (value >>> 31 === 1 ? '-BE' : '');
}

function fourccNumber(text: string): number {
  const value = Buffer.from(text.slice(0, 4), 'latin1').readUInt32LE();
  return text.endsWith('-BE') ? (value | 0x8000_0000) >>> 0 : value;
}

function readRate(bytes: Buffer, offset: number): number | null {
  const numerator = bytes.readUInt32LE(offset);
  const denominator = bytes.readUInt32LE(offset + 4);
  if (numerator === 0 || denominator === 0) return null;
  return Math.round((denominator / numerator) * 1000) / 1000;
}

// Drivers cut names off at the field's end, in the middle of a UTF-8 letter too.
export function readText(bytes: Buffer, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field
    .subarray(0, end === -1 ? length : end)
    .toString('utf8')
    .replace(/\uFFFD+$/u, '')
    .trim();
}

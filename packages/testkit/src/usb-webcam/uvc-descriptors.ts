// The USB Video Class's own descriptors (UVC 1.1): camera -> processing unit -> host, and what it streams.
import { controlBitmap, ENTITY } from './control-facts.ts';
import { DESCRIPTOR, descriptor, u16, u32 } from './descriptor-bytes.ts';
import { frameInterval, maxFrameBytes, type WebcamFormat, type WebcamSize } from './model.ts';

export const CONTROL_INTERFACE = 0;
export const STREAMING_INTERFACE = 1;
export const BULK_ENDPOINT = 1;
/** Bytes of one bulk payload, its header included: the most that Linux takes in one transfer (32 packets). */
export const MAX_PAYLOAD_BYTES = 16_384;

const CLASS_INTERFACE = 0x24;
const BULK_PACKET_BYTES = 512;
const VIDEO_CLASS = 0x0e;
const OUTPUT_TERMINAL = 3;
const CLOCK_HZ = 48_000_000;
const KIND = {
  MJPG: { format: 0x06, frame: 0x07 },
  YUYV: { format: 0x04, frame: 0x05 },
};
// 'YUY2' and the rest of every media type's GUID.
const YUYV_GUID = Buffer.from('5955593200001000800000aa00389b71', 'hex');

export function buildControlInterface(): Buffer {
  const units = Buffer.concat([
    // A camera sensor without optical zoom data.
    classDescriptor(
      0x02,
      ENTITY.camera,
      u16(0x0201),
      0,
      0,
      u16(0),
      u16(0),
      u16(0),
      3,
      controlBitmap('camera', 3),
    ),
    classDescriptor(0x05, ENTITY.processing, ENTITY.camera, u16(0), 2, controlBitmap('processing', 2), 0, 0),
    classDescriptor(0x03, OUTPUT_TERMINAL, u16(0x0101), 0, ENTITY.processing, 0),
  ]);
  const headerBytes = 13;
  return Buffer.concat([
    descriptor(DESCRIPTOR.interface, CONTROL_INTERFACE, 0, 0, VIDEO_CLASS, 0x01, 0, 0),
    classDescriptor(
      0x01,
      u16(0x0110),
      u16(headerBytes + units.length),
      u32(CLOCK_HZ),
      1,
      STREAMING_INTERFACE,
    ),
    units,
  ]);
}

export function buildStreamingInterface(formats: readonly WebcamFormat[]): Buffer {
  const body = Buffer.concat(formats.map((format, index) => buildFormat(format, index + 1)));
  const headerBytes = 13 + formats.length;
  const header = classDescriptor(
    0x01,
    formats.length,
    u16(headerBytes + body.length),
    0x80 | BULK_ENDPOINT,
    Buffer.from([0, OUTPUT_TERMINAL, 0, 0, 0, 1]),
    Buffer.alloc(formats.length),
  );
  return Buffer.concat([
    descriptor(DESCRIPTOR.interface, STREAMING_INTERFACE, 0, 1, VIDEO_CLASS, 0x02, 0, 0),
    header,
    body,
    // Transfer type 2 is bulk.
    descriptor(DESCRIPTOR.endpoint, 0x80 | BULK_ENDPOINT, 2, u16(BULK_PACKET_BYTES), 0),
  ]);
}

function buildFormat({ pixelFormat, sizes }: WebcamFormat, index: number): Buffer {
  const isRaw = pixelFormat === 'YUYV';
  const coding = isRaw ? Buffer.concat([YUYV_GUID, Buffer.from([16])]) : Buffer.from([1]);
  return Buffer.concat([
    classDescriptor(KIND[pixelFormat].format, index, sizes.length, coding, 1, 0, 0, 0, 0),
    ...sizes.map((size, at) => buildFrame(KIND[pixelFormat].frame, size, at + 1)),
    // Colours as of BT.709, sRGB's gamma, BT.601's matrix.
    classDescriptor(0x0d, 1, 1, 4),
  ]);
}

function buildFrame(kind: number, { width, height, fps }: WebcamSize, index: number): Buffer {
  const [first = 1] = fps;
  const bytes = maxFrameBytes(width, height);
  const rates = [Math.min(...fps), Math.max(...fps)].map((rate) => u32(bytes * 8 * rate));
  const intervals = fps.map((rate) => frameInterval(rate)).sort((a, b) => a - b);
  return classDescriptor(
    kind,
    index,
    0,
    u16(width),
    u16(height),
    ...rates,
    u32(bytes),
    u32(frameInterval(first)),
    intervals.length,
    ...intervals.map(u32),
  );
}

function classDescriptor(kind: number, ...body: (number | Buffer)[]): Buffer {
  return descriptor(CLASS_INTERFACE, kind, ...body);
}

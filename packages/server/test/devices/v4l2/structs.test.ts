import { describe, expect, it } from 'vitest';

import * as structs from '../../../src/devices/v4l2/structs.ts';

// Answers of Linux 6.1 on x86-64 (its virtual camera): without the zeros at the end.
const WEBCAM = {
  capability:
    '766976693100000000000000000000007669766931000000000000000000000000000000000000000000000000000000' +
    '706c6174666f726d3a76697669312d3030300000000000000000000000000000c00106000500208505002005',
  format: '0000000001000000e00100005955595620343a323a320000000000000000000000000000000000000000000059555956',
  bigEndian:
    '1b000000010000006000000031362d62697420477265797363616c6520424500000000000000000000000000593136a0',
  size: '00000000595559560100000040010000b4',
  interval: '000000005955595640010000b400000001000000010000000100000001',
};
const CAPTURE_CARD = {
  size: '00000000595559560300000010000000004000000200000010000000c021000002',
  interval: '000000005955595640010000b4000000010000005730000064540b',
  currentFormat: '010000000000000000050000d00200005955595601000000000a000000201c0003000000fecaedfe',
  parameters: '0100000000100000000000005730000064540b000000000001',
};

function bytes(hex: string, size: number): Buffer {
  const buffer = Buffer.alloc(size);
  Buffer.from(hex, 'hex').copy(buffer);
  return buffer;
}

describe('the answer to QUERYCAP', () => {
  it('names driver, card and bus, and what this node does', () => {
    expect(structs.parseCapability(bytes(WEBCAM.capability, 104))).toEqual({
      driver: 'vivi1',
      card: 'vivi1',
      busInfo: 'platform:vivi1-000',
      deviceCaps: 0x0520_0005,
    });
  });

  it('may be cut in the middle of a letter', () => {
    const buffer = bytes('', 104);
    Buffer.from(`${'x'.repeat(30)}ü`).copy(buffer, 16, 0, 31);
    expect(structs.parseCapability(buffer).card).toBe('x'.repeat(30));
  });

  it('may fill its field without an end', () => {
    const buffer = bytes('', 104);
    buffer.fill('x', 16, 48);
    expect(structs.parseCapability(buffer).card).toBe('x'.repeat(32));
  });
});

it.each([
  ['webcam', 0x0420_0001, 'single'],
  ['metadata node of a webcam', 0x04a0_0000, 'none'],
  ['output', 0x0420_0002, 'none'],
  ['loopback that captures and puts out', 0x0520_0003, 'single'],
  ['multi-planar capture', 0x0420_1000, 'multi'],
  ['codec', 0x0420_8000, 'none'],
  ['multi-planar codec', 0x0420_4000, 'none'],
  ['node of a media-controller pipeline', 0x2420_0001, 'none'],
  ['teletext', 0x0420_0010, 'none'],
  ['nothing', 0, 'none'],
])('a node is told by its device_caps: %s', (_name, caps, kind) => {
  expect(structs.captureKind(caps)).toBe(kind);
});

it('a format query carries index and type, and its answer the fourcc', () => {
  expect(structs.makeFormatQuery(3, structs.BUFFER_TYPE_CAPTURE).subarray(0, 8).toString('hex')).toBe(
    '0300000001000000',
  );
  expect(structs.parseFormat(bytes(WEBCAM.format, 64))).toBe('YUYV');
  expect(structs.parseFormat(bytes(WEBCAM.bigEndian, 64))).toBe('Y16 -BE');
});

it('a fourcc survives the way there and back, in the big endian variant too', () => {
  for (const fourcc of ['YUYV', 'MJPG', 'Y16 ', 'Y16 -BE']) {
    const query = structs.makeFrameSizeQuery(0, fourcc);
    expect(structs.fourccText(query.readUInt32LE(4))).toBe(fourcc);
  }
});

it('a discrete frame size is one size', () => {
  expect(structs.parseFrameSize(bytes(WEBCAM.size, 44))).toMatchObject({
    isDiscrete: true,
    minWidth: 320,
    maxWidth: 320,
    minHeight: 180,
    maxHeight: 180,
  });
});

it('a stepwise frame size is a range', () => {
  expect(structs.parseFrameSize(bytes(CAPTURE_CARD.size, 44))).toEqual({
    isDiscrete: false,
    minWidth: 16,
    maxWidth: 16384,
    stepWidth: 2,
    minHeight: 16,
    maxHeight: 8640,
    stepHeight: 2,
  });
});

it('a frame interval query carries format and size', () => {
  const query = structs.makeFrameIntervalQuery({ index: 2, fourcc: 'YUYV', width: 320, height: 180 });
  expect(query.subarray(0, 16).toString('hex')).toBe('020000005955595640010000b4000000');
  expect(query).toHaveLength(52);
});

it('a frame interval becomes a rate', () => {
  const one = { isDiscrete: true, minFps: 1, maxFps: 1 };
  expect(structs.parseFrameInterval(bytes(WEBCAM.interval, 52))).toEqual(one);
  const sixty = { isDiscrete: true, minFps: 60, maxFps: 60 };
  expect(structs.parseFrameInterval(bytes(CAPTURE_CARD.interval, 52))).toEqual(sixty);
});

it('a range of intervals becomes a range of rates, the other way round', () => {
  const buffer = structs.makeFrameIntervalQuery({ index: 0, fourcc: 'YUYV', width: 320, height: 180 });
  for (const [index, value] of [3, 1001, 60_000, 1, 5].entries()) buffer.writeUInt32LE(value, 16 + 4 * index);
  expect(structs.parseFrameInterval(buffer)).toEqual({ isDiscrete: false, minFps: 5, maxFps: 59.94 });
});

it('a zero interval is no rate', () => {
  expect(structs.parseFrameInterval(bytes('00000000595559564001000000b4000001', 52))).toBeNull();
});

it('the present format and rate are read', () => {
  expect(structs.parseCurrentFormat(bytes(CAPTURE_CARD.currentFormat, 208))).toEqual({
    width: 1280,
    height: 720,
    pixelFormat: 'YUYV',
  });
  expect(structs.parseCurrentRate(bytes(CAPTURE_CARD.parameters, 204))).toBe(60);
  expect(structs.parseCurrentRate(structs.makeStreamParameterQuery())).toBeNull();
});

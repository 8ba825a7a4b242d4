import { describe, expect, test } from 'vitest';

import { DESCRIPTOR } from '../../src/usb-webcam/descriptor-bytes.ts';
import { buildDescriptor } from '../../src/usb-webcam/descriptors.ts';
import { DEFAULT_MODEL } from '../../src/usb-webcam/model.ts';
import { negotiate } from '../../src/usb-webcam/negotiation.ts';

const model = { ...DEFAULT_MODEL, vendorId: '046d', productId: '082d', serial: '4F2A91' };

function built(kind: number, index = 0, of = model as typeof DEFAULT_MODEL): Buffer {
  const bytes = buildDescriptor(of, kind, index);
  if (!bytes) throw new Error('no descriptor');
  return bytes;
}

/** The descriptors one after the other, as the host walks them. */
function walk(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt8(at)) {
    parts.push(bytes.subarray(at, at + bytes.readUInt8(at)));
  }
  return parts;
}

describe('descriptors', () => {
  test('the device has its ids, and a serial number only if it is given one', () => {
    const device = built(DESCRIPTOR.device);
    expect([device.readUInt8(0), device.length]).toEqual([18, 18]);
    expect([device.readUInt16LE(8), device.readUInt16LE(10)]).toEqual([0x046d, 0x082d]);
    expect(built(DESCRIPTOR.string, device.readUInt8(16)).subarray(2).toString('utf16le')).toBe('4F2A91');
    const nameless = { ...model, serial: null };
    expect(built(DESCRIPTOR.device, 0, nameless).readUInt8(16)).toBe(0);
    expect(buildDescriptor(nameless, DESCRIPTOR.string, 3)).toBeUndefined();
  });

  test('the configuration is as long as it says, and so are its parts', () => {
    const configuration = built(DESCRIPTOR.configuration);
    expect(configuration.readUInt16LE(2)).toBe(configuration.length);
    const parts = walk(configuration);
    expect(Buffer.concat(parts)).toEqual(configuration);
    expect(parts.filter((part) => part[1] === DESCRIPTOR.interface)).toHaveLength(2);
    const at = (index: number): number => parts.slice(0, index).reduce((sum, part) => sum + part.length, 0);
    const [control, streaming] = parts.flatMap((part, index) =>
      part[1] === 0x24 && part[2] === 1 ? [index] : [],
    );
    const nextInterface = parts.findIndex(
      (part, index) => part[1] === DESCRIPTOR.interface && index > control!,
    );
    expect(parts[control!]!.readUInt16LE(5)).toBe(at(nextInterface) - at(control!));
    // The endpoint comes last, and belongs to no class.
    expect(parts[streaming!]!.readUInt16LE(4)).toBe(at(parts.length - 1) - at(streaming!));
  });

  test('every size is offered with its rates', () => {
    const frames = walk(built(DESCRIPTOR.configuration)).filter(
      (part) => part[1] === 0x24 && part.length >= 30,
    );
    const sizes = frames.filter((part) => part[2] === 7 || part[2] === 5);
    expect(
      sizes.map((part) => [
        part[2],
        part.readUInt16LE(5),
        part.readUInt16LE(7),
        part.readUInt8(25),
        part.length,
      ]),
    ).toEqual([
      [7, 320, 180, 2, 34],
      [7, 640, 360, 2, 34],
      [5, 320, 180, 1, 30],
    ]);
  });
});

describe('negotiation', () => {
  test('a mode that there is is taken', () => {
    const { mode, answer } = negotiate(model.formats, propose(1, 2, 1_000_000));
    expect(mode).toEqual({ pixelFormat: 'MJPG', width: 640, height: 360, fps: 10 });
    expect([answer.readUInt8(2), answer.readUInt8(3), answer.readUInt32LE(4)]).toEqual([1, 2, 1_000_000]);
  });

  test('of what there is not, the nearest is', () => {
    const { mode } = negotiate(model.formats, propose(9, 9, 333_333));
    expect(mode).toEqual({ pixelFormat: 'MJPG', width: 320, height: 180, fps: 10 });
    expect(negotiate(model.formats, Buffer.alloc(26)).mode.fps).toBe(5);
  });
});

/** What a host proposes: indices from 1 on, and the time of a frame in 100 ns. */
function propose(format: number, size: number, interval: number): Buffer {
  const bytes = Buffer.alloc(34);
  bytes.writeUInt8(format, 2);
  bytes.writeUInt8(size, 3);
  bytes.writeUInt32LE(interval, 4);
  return bytes;
}

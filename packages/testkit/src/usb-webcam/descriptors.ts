import { DESCRIPTOR, descriptor, u16 } from './descriptor-bytes.ts';
import type { WebcamModel } from './model.ts';
import { buildControlInterface, buildStreamingInterface } from './uvc-descriptors.ts';

const STRING = { manufacturer: 1, product: 2, serial: 3 };

/** The descriptor that the host asks for, undefined where a webcam has none. */
export function buildDescriptor(model: WebcamModel, kind: number, index: number): Buffer | undefined {
  if (kind === DESCRIPTOR.device) return buildDevice(model);
  if (kind === DESCRIPTOR.configuration) return buildConfiguration(model);
  return kind === DESCRIPTOR.string ? buildString(model, index) : undefined;
}

function buildDevice({ vendorId, productId, serial }: WebcamModel): Buffer {
  return descriptor(
    DESCRIPTOR.device,
    u16(0x0200),
    // Miscellaneous, with interface association: as every webcam that has more than one interface.
    Buffer.from([0xef, 0x02, 0x01]),
    64,
    u16(Number.parseInt(vendorId, 16)),
    u16(Number.parseInt(productId, 16)),
    u16(0x0100),
    Buffer.from([STRING.manufacturer, STRING.product, serial === null ? 0 : STRING.serial, 1]),
  );
}

function buildConfiguration(model: WebcamModel): Buffer {
  const body = Buffer.concat([
    // The function's name is the product's, so that the card's name has it twice.
    descriptor(DESCRIPTOR.association, Buffer.from([0, 2, 0x0e, 0x03, 0x00, STRING.product])),
    buildControlInterface(),
    buildStreamingInterface(model.formats),
  ]);
  // Two interfaces, configuration 1, powered by the bus, 500 mA.
  const head = [u16(9 + body.length), 2, 1, 0, 0x80, 250];
  return Buffer.concat([descriptor(DESCRIPTOR.configuration, ...head), body]);
}

function buildString({ manufacturer, name, serial }: WebcamModel, index: number): Buffer | undefined {
  if (index === 0) return descriptor(DESCRIPTOR.string, u16(0x0409));
  const text = { [STRING.manufacturer]: manufacturer, [STRING.product]: name, [STRING.serial]: serial }[
    index
  ];
  if (text === undefined || text === null) return undefined;
  return descriptor(DESCRIPTOR.string, Buffer.from(text.slice(0, 126), 'utf16le'));
}

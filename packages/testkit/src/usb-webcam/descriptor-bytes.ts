export const DESCRIPTOR = {
  device: 1,
  configuration: 2,
  string: 3,
  interface: 4,
  endpoint: 5,
  association: 11,
};

/** A descriptor of its kind with its length in front. */
export function descriptor(kind: number, ...body: (number | Buffer)[]): Buffer {
  const bytes = Buffer.concat(body.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)));
  return Buffer.concat([Buffer.from([bytes.length + 2, kind]), bytes]);
}

export function u16(value: number): Buffer {
  return Buffer.from([value & 0xff, value >> 8]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

// The V4L2 structs of controls, as bytes of a 64-bit little endian kernel: beside structs.ts.
import { readText } from './structs.ts';

export const VIDIOC_QUERY_EXT_CTRL = 0xc0e85667;
export const VIDIOC_QUERYMENU = 0xc02c5625;
export const VIDIOC_G_EXT_CTRLS = 0xc0205647;
export const VIDIOC_S_EXT_CTRLS = 0xc0205648;

const SIZE = { query: 232, menu: 44, control: 20, controls: 32 };
const VALUE_OFFSET = 12;

/** With these flags a query answers with the control that comes next after the id, also one with many values. */
const NEXT_OF_ANY_KIND = 0xc000_0000;

const TYPES = new Map([
  [1, 'int'],
  [2, 'bool'],
  [3, 'menu'],
  [4, 'button'],
  [5, 'int64'],
  [7, 'string'],
  [8, 'bitmask'],
  [9, 'intmenu'],
] as const);

const FLAGS = [
  'disabled',
  'grabbed',
  'read_only',
  'update',
  'inactive',
  'slider',
  'write_only',
  'volatile',
  'has_payload',
  'execute_on_write',
  'modify_layout',
  'dynamic_array',
] as const;

export type ControlType = typeof TYPES extends Map<number, infer T> ? T : never;
export type ControlFlag = (typeof FLAGS)[number];

/** What a driver tells of a control. */
export interface ControlFacts {
  id: number;
  name: string;
  /** Null for what has no single value: a class's header, an array, a struct. */
  type: ControlType | null;
  min: bigint;
  max: bigint;
  step: bigint;
  default: bigint;
  flags: ControlFlag[];
}

/** Asks for the control after `id`; 0 for the first. */
export function makeNextControlQuery(id: number): Buffer {
  const bytes = Buffer.alloc(SIZE.query);
  bytes.writeUInt32LE((id | NEXT_OF_ANY_KIND) >>> 0, 0);
  return bytes;
}

export function parseControl(bytes: Buffer): ControlFacts {
  const flags = bytes.readUInt32LE(72);
  const isArray = bytes.readUInt32LE(84) > 0;
  return {
    id: bytes.readUInt32LE(0),
    name: readText(bytes, 8, 32),
    type: isArray ? null : (TYPES.get(bytes.readUInt32LE(4) as 1) ?? null),
    min: bytes.readBigInt64LE(40),
    max: bytes.readBigInt64LE(48),
    step: bytes.readBigUInt64LE(56),
    default: bytes.readBigInt64LE(64),
    flags: FLAGS.filter((_, bit) => (flags & (1 << bit)) !== 0),
  };
}

export function makeMenuQuery(id: number, index: number): Buffer {
  const bytes = Buffer.alloc(SIZE.menu);
  bytes.writeUInt32LE(id, 0);
  bytes.writeUInt32LE(index, 4);
  return bytes;
}

/** A menu has texts, an integer menu numbers; a number is given as text. */
export function parseMenuItem(bytes: Buffer, type: 'menu' | 'intmenu'): string {
  return type === 'menu' ? readText(bytes, 8, 32) : String(bytes.readBigInt64LE(8));
}

export type ScalarType = Exclude<ControlType, 'string'>;

/** One control and its value; for a button any value presses it. */
export function makeScalar(id: number, type: ScalarType, value = 0): Buffer {
  const bytes = Buffer.alloc(SIZE.control);
  bytes.writeUInt32LE(id, 0);
  if (type === 'int64') bytes.writeBigInt64LE(BigInt(value), VALUE_OFFSET);
  else if (type === 'bitmask') bytes.writeUInt32LE(value, VALUE_OFFSET);
  else bytes.writeInt32LE(value, VALUE_OFFSET);
  return bytes;
}

/** An int64 beyond 2^53 loses its last digits. */
export function parseScalar(bytes: Buffer, type: ScalarType): number {
  if (type === 'int64') return Number(bytes.readBigInt64LE(VALUE_OFFSET));
  return type === 'bitmask' ? bytes.readUInt32LE(VALUE_OFFSET) : bytes.readInt32LE(VALUE_OFFSET);
}

/** One control whose value is elsewhere: `size` bytes at `address`. */
export function makePointed(id: number, address: bigint, size: number): Buffer {
  const bytes = Buffer.alloc(SIZE.control);
  bytes.writeUInt32LE(id, 0);
  bytes.writeUInt32LE(size, 4);
  bytes.writeBigUInt64LE(address, VALUE_OFFSET);
  return bytes;
}

/** What the ioctls take: a list, here of one control at `address`, of any class, with its current value. */
export function makeControlList(address: bigint): Buffer {
  const bytes = Buffer.alloc(SIZE.controls);
  bytes.writeUInt32LE(1, 4);
  bytes.writeBigUInt64LE(address, 24);
  return bytes;
}

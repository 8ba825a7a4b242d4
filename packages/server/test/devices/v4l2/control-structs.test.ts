import { describe, expect, it } from 'vitest';

import { controlName } from '../../../src/devices/v4l2/control-list.ts';
import * as structs from '../../../src/devices/v4l2/control-structs.ts';

// Answers of Linux 6.1 on x86-64 (its virtual camera): field by field, so that the layout can be read.
const name = (text: string): string => Buffer.from(text).toString('hex').padEnd(64, '0');
const CONTROLS = {
  switch: `12099800 02000000 ${name('Gain, Automatic')} 0000000000000000 0100000000000000 0100000000000000
    0100000000000000 08000000 04000000 01000000`,
  slave: `13099800 01000000 ${name('Gain')} 0000000000000000 ff00000000000000 0100000000000000 6400000000000000
    90000000 04000000 01000000`,
  long: `03f99800 05000000 ${name('Integer 64 Bits')} 0000000000000080 ffffffffffffff7f 0100000000000000
    0000000000000000 00000000 08000000 01000000`,
  text: `05f99800 07000000 ${name('String')} 0200000000000000 0400000000000000 0100000000000000 0000000000000000
    00010000 05000000 01000000`,
  array: `0af99800 00010000 ${name('U8 2x3x4x5 Array')} 1000000000000000 2000000000000000 0100000000000000
    1800000000000000 00010000 01000000 78000000 04000000 02000000030000000400000005000000`,
  press: `00f99800 04000000 ${name('Button')} 0000000000000000 0000000000000000 0000000000000000 0000000000000000
    40020000 04000000 01000000`,
  header: `01009800 06000000 ${name('User Controls')} 0000000000000000 0000000000000000 0000000000000000
    0000000000000000 44000000 04000000 01000000`,
  numbers: `20f99800 01000000 ${name('S32 2 Element Array')} 0000000000000000 0a00000000000000 0100000000000000
    0000000000000000 00010000 04000000 02000000 01000000 02000000`,
};
const ITEMS = {
  text: `04f99800 03000000 ${name('Menu Item 3')}`,
  number: '07f99800 08000000 2a00000000000000',
};

function bytes(hex: string, size: number): Buffer {
  const buffer = Buffer.alloc(size);
  Buffer.from(hex.replaceAll(/\s/g, ''), 'hex').copy(buffer);
  return buffer;
}

const parse = (control: keyof typeof CONTROLS): structs.ControlFacts =>
  structs.parseControl(bytes(CONTROLS[control], 232));

describe('the answer to QUERY_EXT_CTRL', () => {
  it('tells id, name, type, range, step, default and flags', () => {
    expect(parse('slave')).toEqual({
      id: 0x0098_0913,
      name: 'Gain',
      type: 'int',
      min: 0n,
      max: 255n,
      step: 1n,
      default: 100n,
      flags: ['inactive', 'volatile'],
    });
    expect(parse('switch')).toMatchObject({ type: 'bool', default: 1n, flags: ['update'] });
    expect(parse('press')).toMatchObject({ type: 'button', flags: ['write_only', 'execute_on_write'] });
    expect(parse('text')).toMatchObject({ type: 'string', min: 2n, max: 4n, flags: ['has_payload'] });
  });

  it('has ranges of 64 bits', () => {
    expect(parse('long')).toMatchObject({ type: 'int64', min: -(2n ** 63n), max: 2n ** 63n - 1n });
  });

  it('has no type for what is no single value', () => {
    expect(parse('array').type).toBeNull();
    expect(parse('numbers').type).toBeNull();
    expect(parse('header').type).toBeNull();
  });
});

describe('questions and values', () => {
  it('asks for the next control of any kind', () => {
    const query = structs.makeNextControlQuery(0x0098_0912);
    expect(query).toHaveLength(232);
    expect(query.readUInt32LE(0)).toBe(0xc098_0912);
  });

  it('reads a menu entry as text or number', () => {
    expect(structs.parseMenuItem(bytes(ITEMS.text, 44), 'menu')).toBe('Menu Item 3');
    expect(structs.parseMenuItem(bytes(ITEMS.number, 44), 'intmenu')).toBe('42');
    expect(structs.makeMenuQuery(0x0098_f904, 3)).toEqual(bytes('04f99800 03000000', 44));
  });

  it('packs a value behind id, size and a reserved word', () => {
    expect(structs.makeScalar(0x0098_0903, 'int', -128)).toEqual(
      bytes('03099800 00000000 00000000 80ffffff', 20),
    );
    expect(structs.makeScalar(0x0098_f903, 'int64', -5)).toEqual(
      bytes('03f99800 00000000 00000000 fbffffffffffffff', 20),
    );
  });

  it('takes a mask as unsigned, and a number as signed', () => {
    const answer = bytes('06f99800 00000000 00000000 00200080 00000000', 20);
    expect(structs.parseScalar(answer, 'bitmask')).toBe(0x8000_2000);
    expect(structs.parseScalar(answer, 'int')).toBe(0x8000_2000 - 2 ** 32);
    expect(structs.makeScalar(0x0098_f906, 'bitmask', 0x8000_2000)).toEqual(answer);
  });

  it('points to a text, and to the control itself', () => {
    expect(structs.makePointed(0x0098_f905, 0x7fff_0123_4567n, 5)).toEqual(
      bytes('05f99800 05000000 00000000 67452301ff7f0000', 20),
    );
    expect(structs.makeControlList(0x7fff_0123_4567n)).toEqual(
      bytes('00000000 01000000 00000000 00000000 00000000 00000000 67452301ff7f0000', 32),
    );
  });
});

describe("a control's name", () => {
  it.each([
    ['White Balance, Automatic', 'white_balance_automatic'],
    ['Exposure Time, Absolute', 'exposure_time_absolute'],
    ["Y'CbCr Encoding", 'y_cbcr_encoding'],
    ['Focus (absolute)', 'focus_absolute'],
    ['  LED1 Mode  ', 'led1_mode'],
    ['低光', ''],
  ])('%s is %s', (text, expected) => expect(controlName(text)).toBe(expected));
});

import { describe, expect, it } from 'vitest';

import { ControlError } from '../../../src/devices/v4l2/control-error.ts';
import type { DeviceControl } from '../../../src/devices/v4l2/control-list.ts';
import { checkValue, findControl } from '../../../src/devices/v4l2/control-value.ts';

function control(type: DeviceControl['type'], rest: Partial<DeviceControl> = {}): DeviceControl {
  return { name: type, id: 1, type, min: 0, max: 100, step: 1, default: 0, value: 0, flags: [], ...rest };
}

function refusal(action: () => unknown): Partial<ControlError> {
  try {
    return { hint: `accepted: ${String(action())}` };
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    const { control: name, rule, hint } = error;
    return { control: name, rule, hint };
  }
}

const MENU = { 1: 'Manual Mode', 3: 'Aperture Priority Mode' };

describe('a value that a control takes', () => {
  it.each([
    [control('int', { min: -10, step: 5 }), -5, -5],
    [control('int'), 100, 100],
    [control('int64', { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, step: 2 }), 1, 1],
    [control('int', { step: 0 }), 7, 7],
    [control('bool'), true, 1],
    [control('bool'), 0, 0],
    [control('menu', { menu: MENU }), 3, 3],
    [control('menu', { menu: MENU }), 'aperture priority mode', 3],
    [control('intmenu', { menu: { 0: '50', 1: '60' } }), '60', 1],
    [control('button'), true, 1],
    [control('bitmask', { max: 0x8040_2010 }), 0x8000_0010, 0x8000_0010],
    [control('string', { min: 2, max: 4 }), 'abcd', 'abcd'],
    [control('string', { min: 2, max: 4 }), 'ä', 'ä'],
    [control('string', { max: 4 }), '', ''],
  ])('%o takes %s', (of, value, sent) => expect(checkValue(of, value)).toBe(sent));
});

describe('a value that a control does not take', () => {
  it.each([
    [control('int'), 101, 'range', 'must be from 0 to 100'],
    [control('int'), -1, 'range', 'must be from 0 to 100'],
    [control('int', { min: 1, step: 10 }), 12, 'step', 'must be 1 or a number of steps of 10 above it'],
    [control('int'), 1.5, 'type', 'must be a whole number from 0 to 100'],
    [control('int'), Number.NaN, 'type', 'must be a whole number from 0 to 100'],
    [control('int'), '5', 'type', 'must be a whole number from 0 to 100'],
    [control('int'), true, 'type', 'must be a whole number from 0 to 100'],
    [control('bool'), 2, 'type', 'must be true or false'],
    [control('bool'), 'on', 'type', 'must be true or false'],
    [control('button'), false, 'type', 'is a button: true presses it'],
    [
      control('menu', { menu: MENU }),
      2,
      'menu',
      'must be one of 1 (Manual Mode), 3 (Aperture Priority Mode)',
    ],
    [control('menu', { menu: { 0: 'Off' } }), 'On', 'menu', 'must be one of 0 (Off)'],
    [control('bitmask', { max: 0x8040_2010 }), 1, 'range', 'may have only the bits of 0x80402010'],
    [control('bitmask', { max: 0x10 }), 2 ** 32 + 0x10, 'range', 'may have only the bits of 0x10'],
    [control('string', { min: 2, max: 4 }), 'äöü', 'range', 'must be from 2 to 4 bytes long'],
    [control('string', { step: 3 }), 'ab', 'step', 'must be 0 bytes long or a number of steps of 3 above it'],
    [control('string'), 'a\0b', 'type', 'must not contain a zero byte'],
    [control('string'), 5, 'type', 'must be a text'],
    [control('int', { flags: ['read_only'] }), 5, 'read_only', 'this control can only be read'],
    [control('int', { flags: ['disabled'] }), 5, 'disabled', 'this control is switched off by the driver'],
    [
      control('int', { flags: ['grabbed'] }),
      5,
      'grabbed',
      'cannot be changed while the camera streams: stop its stream first',
    ],
  ])('%o and %s', (of, value, rule, hint) => {
    expect(refusal(() => checkValue(of, value))).toEqual({ control: of.name, rule, hint });
  });
});

describe('an unknown name', () => {
  const controls = [control('int', { name: 'brightness' }), control('int', { name: 'contrast' })];

  it('comes with the nearest one', () => {
    expect(refusal(() => findControl(controls, 'brigthness'))).toEqual({
      control: 'brigthness',
      rule: 'unknown',
      hint: 'did you mean brightness?',
    });
  });

  it('is refused as it is where none is near, or there are none', () => {
    expect(refusal(() => findControl(controls, 'zoom')).hint).toBe('this camera has no such control');
    expect(refusal(() => findControl(controls, '__proto__')).hint).toBe('this camera has no such control');
    expect(refusal(() => findControl([], 'brightness')).hint).toBe('this camera has no controls');
  });
});

import { expect, test } from 'vitest';

import { Controls, REFUSAL, REQUEST } from '../../src/usb-webcam/controls.ts';

const [camera, processing] = [1, 2];
const [brightness, whiteBalance, whiteBalanceAuto] = [2, 10, 11];

test('a value that is set is the present one, until the power goes', () => {
  const controls = new Controls();
  expect(controls.set(processing, brightness, Buffer.from([0xec, 0xff]))).toBe(REFUSAL.none);
  expect(controls.value('brightness')).toBe(-20);
  expect(controls.get(processing, brightness, REQUEST.current)).toEqual(Buffer.from([0xec, 0xff]));
  expect(controls.get(processing, brightness, REQUEST.default)).toEqual(Buffer.from([0, 0]));
  controls.reset();
  expect(controls.value('brightness')).toBe(0);
});

test('what automation has in hand cannot be set', () => {
  const controls = new Controls();
  const kelvin = Buffer.from([0xb8, 0x0b]);
  expect(controls.set(processing, whiteBalance, kelvin)).toBe(REFUSAL.wrongState);
  controls.set(processing, whiteBalanceAuto, Buffer.from([0]));
  expect(controls.set(processing, whiteBalance, kelvin)).toBe(REFUSAL.none);
  expect(controls.value('whiteBalanceTemperature')).toBe(3000);
});

test('a wrong value, control, unit or request is refused with its reason', () => {
  const controls = new Controls();
  expect(controls.set(processing, brightness, Buffer.from([65, 0]))).toBe(REFUSAL.outOfRange);
  expect(controls.get(processing, 0x77, REQUEST.current)).toBe(REFUSAL.unknownControl);
  expect(controls.get(9, brightness, REQUEST.current)).toBe(REFUSAL.unknownUnit);
  expect(controls.get(camera, 2, 0x99)).toBe(REFUSAL.unknownRequest);
});

import { nearestName } from '../../rpc/nearest-name.ts';
import { ControlError, type ControlRule } from './control-error.ts';
import type { DeviceControl } from './control-list.ts';

/** What a caller may write: a bool as true or 1, a menu's entry by its index or text, a button's press as true. */
export type ControlValues = Record<string, number | boolean | string>;

/** The control of that name. Throws ControlError, with the nearest name where one is near. */
export function findControl(controls: DeviceControl[], name: string): DeviceControl {
  const control = controls.find((candidate) => candidate.name === name);
  if (control) return control;
  const nearest = nearestName(
    name,
    controls.map((candidate) => candidate.name),
  );
  const none = controls.length === 0 ? 'this camera has no controls' : 'this camera has no such control';
  throw new ControlError(name, 'unknown', nearest === undefined ? none : `did you mean ${nearest}?`);
}

/** What is to be sent for `value`. Throws ControlError for what this control, as it is now, would not take as it is. */
export function checkValue(control: DeviceControl, value: number | boolean | string): number | string {
  const refuse = (rule: ControlRule, hint: string): never => {
    throw new ControlError(control.name, rule, hint);
  };
  const has = (flag: DeviceControl['flags'][number]): boolean => control.flags.includes(flag);
  if (has('disabled')) refuse('disabled', 'this control is switched off by the driver');
  if (has('read_only')) refuse('read_only', 'this control can only be read');
  if (has('grabbed')) refuse('grabbed', 'cannot be changed while the camera streams: stop its stream first');
  switch (control.type) {
    case 'button':
      return value === true || value === 1 ? 1 : refuse('type', 'is a button: true presses it');
    case 'bool':
      if (value === true || value === 1) return 1;
      return value === false || value === 0 ? 0 : refuse('type', 'must be true or false');
    case 'menu':
    case 'intmenu':
      return checkMenu(control, value) ?? refuse('menu', `must be one of ${describeMenu(control)}`);
    case 'string':
      return typeof value === 'string' ? checkText(control, value) : refuse('type', 'must be a text');
    default:
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
        return refuse('type', `must be a whole number from ${control.min} to ${control.max}`);
      }
      return control.type === 'bitmask' ? checkMask(control, value) : checkNumber(control, value);
  }
}

function checkNumber({ name, min, max, step }: DeviceControl, value: number): number {
  if (value < min || value > max) throw new ControlError(name, 'range', `must be from ${min} to ${max}`);
  // Big ranges: their difference is no exact number any more.
  if (step > 1 && (BigInt(value) - BigInt(min)) % BigInt(step) !== 0n) {
    throw new ControlError(name, 'step', `must be ${min} or a number of steps of ${step} above it`);
  }
  return value;
}

function checkMask({ name, max }: DeviceControl, value: number): number {
  const isWithin = value >= 0 && value <= 0xffff_ffff && (value & ~max) === 0;
  if (!isWithin) throw new ControlError(name, 'range', `may have only the bits of 0x${max.toString(16)}`);
  return value;
}

function checkText({ name, min, max, step }: DeviceControl, value: string): string {
  const length = Buffer.byteLength(value);
  if (value.includes('\0')) throw new ControlError(name, 'type', 'must not contain a zero byte');
  if (length < min || length > max) {
    throw new ControlError(name, 'range', `must be from ${min} to ${max} bytes long`);
  }
  if (step > 1 && (length - min) % step !== 0) {
    throw new ControlError(
      name,
      'step',
      `must be ${min} bytes long or a number of steps of ${step} above it`,
    );
  }
  return value;
}

function checkMenu({ menu = {} }: DeviceControl, value: number | boolean | string): number | undefined {
  if (typeof value === 'number') return Object.hasOwn(menu, value) ? value : undefined;
  const wanted = String(value).trim().toLowerCase();
  const entry = Object.entries(menu).find(([, text]) => text.trim().toLowerCase() === wanted);
  return entry && Number(entry[0]);
}

function describeMenu({ menu = {} }: DeviceControl): string {
  return Object.entries(menu)
    .map(([index, text]) => `${index} (${text})`)
    .join(', ');
}

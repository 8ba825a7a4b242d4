import type { Result } from '@mediamtx-camera-service/client';
import { panelTexts } from './texts.ts';

export type Control = Result<'get_camera_controls'>['controls'][number];
export type ControlValue = NonNullable<Control['value']>;
export type ControlGroup = keyof typeof panelTexts.controls.groups;

const groups: [ControlGroup, RegExp][] = [
  ['exposure', /exposure|gain|iso|iris|backlight|power_line|dynamic_framerate|wide_dynamic|metering/],
  ['colour', /brightness|contrast|saturation|hue|gamma|sharpness|white_balance|color|colour|balance/],
  ['lens', /focus|zoom|pan|tilt|lens|privacy/],
];

/** Which automatic control, when it is on, decides about another. */
const governors: [RegExp, RegExp][] = [
  [
    /^(exposure_time_absolute|exposure_absolute|iris_absolute|gain)$/,
    /^(auto_exposure|exposure_auto|gain_automatic)$/,
  ],
  [
    /^(white_balance_temperature|red_balance|blue_balance|white_balance_component.*)$/,
    /^white_balance_automatic$/,
  ],
  [/^focus_absolute$/, /^focus_automatic_continuous$/],
  [/^hue$/, /^hue_automatic$/],
];

export function groupOf({ name }: Control): ControlGroup {
  return groups.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
}

/** "White balance temperature" */
export function labelOf({ name }: Control): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Why nobody can change it at present; null where it can be changed. */
export function lockOf(control: Control, all: Control[]): string | null {
  const { why } = panelTexts.controls;
  const has = (flag: string): boolean => control.flags.includes(flag);
  if (has('disabled')) return why.disabled;
  if (has('read_only')) return why.readOnly;
  if (has('grabbed')) return why.grabbed;
  if (!has('inactive')) return null;
  const pattern = governors.find(([governed]) => governed.test(control.name))?.[1];
  const governor = all.find(({ name }) => pattern?.test(name));
  return governor ? why.automatic(labelOf(governor)) : why.inactive;
}

export function isAtDefault({ type, value, default: usual }: Control): boolean {
  return type === 'button' || type === 'string' || value === null || Number(value) === usual;
}

/** What puts a control back, as far as it has a value to put back. */
export function defaultOf({ type, default: usual }: Control): ControlValue {
  return type === 'bool' ? usual !== 0 : usual;
}

// A camera's modes decide which of its other controls may be set. So modes are set first, the list is read again,
// and what is active then comes next. What fails later than the first check is undone as far as it can be.
import { ControlError, type ControlRule } from './control-error.ts';
import { isGone, writeValue } from './control-io.ts';
import { readControls, type DeviceControl } from './control-list.ts';
import type { ControlFlag } from './control-structs.ts';
import { checkValue, findControl, type ControlValues } from './control-value.ts';
import type { V4l2Device } from './ioctl.ts';
import { errorCode } from './problem.ts';

const RULES: Readonly<Record<string, ControlRule>> = {
  ERANGE: 'range',
  EACCES: 'read_only',
  EBUSY: 'grabbed',
};

/** Their value is not what somebody set. */
const NOT_OURS: ReadonlySet<ControlFlag> = new Set(['inactive', 'read_only', 'volatile']);

/** Sets all values or, with an error, none; the list as it is then. Throws ControlError, IoctlError, the signal's reason. */
export async function applyControls(
  device: V4l2Device,
  values: ControlValues,
  signal: AbortSignal,
): Promise<DeviceControl[]> {
  const before = await readControls(device, signal);
  checkAll(before, values);
  let controls = before;
  const pending = new Map(Object.entries(values));
  const written: DeviceControl[] = [];
  try {
    while (pending.size > 0) {
      for (const control of nextBatch(controls, [...pending.keys()])) {
        signal.throwIfAborted();
        const value = pending.get(control.name) ?? 0;
        pending.delete(control.name);
        const checked = checkValue(control, value);
        written.push(control);
        await write(device, control, checked);
      }
      controls = await readControls(device, signal);
    }
  } catch (error) {
    try {
      await restore(device, written, before);
    } catch {
      // The device is gone, and with it what was set; the first failure is the one to tell.
    }
    throw error;
  }
  return controls;
}

/** The first check, before anything is changed. */
function checkAll(controls: DeviceControl[], values: ControlValues): void {
  for (const [name, value] of Object.entries(values)) checkValue(findControl(controls, name), value);
  nextBatch(controls, Object.keys(values), { isFirst: true });
}

/** What can be set next: modes as long as there are any, then the others, buttons last as they cannot be undone. */
function nextBatch(controls: DeviceControl[], names: string[], { isFirst = false } = {}): DeviceControl[] {
  const asked = names.map((name) => findControl(controls, name));
  const active = asked.filter((control) => !control.flags.includes('inactive'));
  const modes = active.filter(({ type }) => type === 'bool' || type === 'menu');
  const inactive = asked.find((control) => !active.includes(control));
  const isStuck = modes.length === 0 && (isFirst || active.length === 0);
  if (inactive && isStuck) {
    const hint =
      'another control, such as an automatic mode, decides it now: switch that one in the same call';
    throw new ControlError(inactive.name, 'inactive', hint);
  }
  if (modes.length > 0) return modes;
  return [...active.filter((control) => !isButton(control)), ...active.filter(isButton)];
}

function isButton({ type }: DeviceControl): boolean {
  return type === 'button';
}

async function write(device: V4l2Device, control: DeviceControl, value: number | string): Promise<void> {
  try {
    await writeValue(device, control, value);
  } catch (error) {
    if (isGone(error)) throw error;
    const code = errorCode(error);
    throw new ControlError(control.name, RULES[code] ?? 'refused', `the camera refused this value (${code})`);
  }
}

/** Newest first, so that a value goes back while the mode that allows it still holds. */
async function restore(device: V4l2Device, written: DeviceControl[], before: DeviceControl[]): Promise<void> {
  for (const control of written.toReversed()) await putBack(device, control);
  // A mode that was on for a moment may have left its own values behind.
  const now = await readControls(device, new AbortController().signal);
  const values = new Map(now.map(({ id, value }) => [id, value]));
  for (const control of before) {
    const isOwn = !control.flags.some((flag) => NOT_OURS.has(flag));
    if (isOwn && values.get(control.id) !== control.value) await putBack(device, control);
  }
}

async function putBack(device: V4l2Device, control: DeviceControl): Promise<void> {
  if (control.value === null) return;
  try {
    await writeValue(device, control, control.value);
  } catch (error) {
    // The first failure is the one to tell: this camera does not take this any more.
    if (isGone(error)) throw error;
  }
}

import {
  makeControlList,
  makePointed,
  makeScalar,
  parseScalar,
  VIDIOC_G_EXT_CTRLS,
  VIDIOC_S_EXT_CTRLS,
  type ControlFacts,
  type ControlType,
} from './control-structs.ts';
import type { V4l2Device } from './ioctl.ts';
import { errorCode } from './problem.ts';

/** A control that has one value, not an array or a struct. */
export type SingleValue = ControlFacts & { type: ControlType };

/** Null where there is none to read, or where the driver does not give it. Throws IoctlError of a dead device. */
export async function readValue(device: V4l2Device, facts: SingleValue): Promise<number | string | null> {
  const { id, type, flags, max } = facts;
  if (type === 'button' || flags.includes('write_only') || flags.includes('disabled')) return null;
  try {
    if (type !== 'string')
      return parseScalar(await exchange(device, VIDIOC_G_EXT_CTRLS, makeScalar(id, type)), type);
    const text = Buffer.alloc(Number(max) + 1);
    const control = makePointed(id, device.addressOf(text), text.length);
    await exchange(device, VIDIOC_G_EXT_CTRLS, control);
    return text.toString('utf8', 0, Math.max(0, text.indexOf(0)));
  } catch (error) {
    if (isGone(error)) throw error;
    return null;
  }
}

/** Sets one control to a value that was checked. Throws IoctlError. */
export async function writeValue(
  device: V4l2Device,
  control: Pick<SingleValue, 'id' | 'type'>,
  value: number | string,
): Promise<void> {
  const { id, type } = control;
  if (type !== 'string') {
    await exchange(device, VIDIOC_S_EXT_CTRLS, makeScalar(id, type, Number(value)));
    return;
  }
  const text = Buffer.from(`${value}\0`);
  await exchange(device, VIDIOC_S_EXT_CTRLS, makePointed(id, device.addressOf(text), text.length));
  // The kernel reads it during the call: it must not be collected before.
  text.fill(0);
}

// Returns the control, which also keeps it in memory during the call.
async function exchange(device: V4l2Device, request: number, control: Buffer): Promise<Buffer> {
  await device.ioctlAsync(request, makeControlList(device.addressOf(control)));
  return control;
}

/** Not this control but the whole device does not answer. */
export function isGone(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENODEV' || code === 'ENXIO' || code === 'UNKNOWN';
}

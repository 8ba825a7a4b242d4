import { isGone, readValue, type SingleValue } from './control-io.ts';
import {
  makeMenuQuery,
  makeNextControlQuery,
  parseControl,
  parseMenuItem,
  VIDIOC_QUERY_EXT_CTRL,
  VIDIOC_QUERYMENU,
  type ControlFacts,
  type ControlFlag,
  type ControlType,
} from './control-structs.ts';
import type { V4l2Device } from './ioctl.ts';
import { errorCode } from './problem.ts';

export interface DeviceControl {
  /** As v4l2-ctl prints it: 'white_balance_automatic'. */
  name: string;
  id: number;
  type: ControlType;
  /** Of a string: its length in bytes. Of an int64: no further than a JSON number is exact. */
  min: number;
  max: number;
  step: number;
  default: number;
  /** A bool's is 0 or 1, a menu's the index. Null where there is none to read: buttons, write-only, disabled. */
  value: number | string | null;
  /** The entries by index; of an intmenu the numbers as text. Indexes may have gaps. */
  menu?: Record<number, string>;
  flags: ControlFlag[];
}

/** Firmware may fail on one control in the middle; further ones are sought this many ids on. */
const MAX_FAILED_IDS = 32;
/** Far above any real menu: a bound against nonsense from a driver. */
const MAX_MENU_ITEMS = 256;

/** All controls with a single value, in the driver's order. Throws IoctlError, or the signal's reason. */
export async function readControls(device: V4l2Device, signal: AbortSignal): Promise<DeviceControl[]> {
  const controls: DeviceControl[] = [];
  const taken = new Map<string, number>();
  for await (const facts of walkControls(device, signal)) {
    const { type } = facts;
    if (type === null) continue;
    const name = controlName(facts.name) || `control_${facts.id.toString(16)}`;
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    // Names are what a caller has: a second control of one name must be nameable too.
    controls.push(await describe(device, { ...facts, type }, count === 1 ? name : `${name}_${count}`));
  }
  return controls;
}

/** "White Balance, Automatic" is white_balance_automatic. */
export function controlName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}

async function* walkControls(device: V4l2Device, signal: AbortSignal): AsyncGenerator<ControlFacts> {
  let id = 0;
  for (let failedIds = 0; failedIds < MAX_FAILED_IDS;) {
    signal.throwIfAborted();
    const bytes = makeNextControlQuery(id);
    try {
      await device.ioctlAsync(VIDIOC_QUERY_EXT_CTRL, bytes);
    } catch (error) {
      if (isEnd(error)) return;
      if (isGone(error)) throw error;
      failedIds += 1;
      id += 1;
      continue;
    }
    failedIds = 0;
    const facts = parseControl(bytes);
    // A driver that does not move on would be asked for ever.
    if (facts.id <= id) return;
    ({ id } = facts);
    yield facts;
  }
}

async function describe(device: V4l2Device, facts: SingleValue, name: string): Promise<DeviceControl> {
  const { id, type, flags } = facts;
  const isMenu = type === 'menu' || type === 'intmenu';
  // A mask is unsigned, in a field that is not.
  const toNumber = type === 'bitmask' ? (value: bigint) => Number(BigInt.asUintN(32, value)) : toSafeNumber;
  return {
    name,
    id,
    type,
    min: toNumber(facts.min),
    max: toNumber(facts.max),
    step: toSafeNumber(facts.step),
    default: toNumber(facts.default),
    value: await readValue(device, facts),
    ...(isMenu && { menu: await readMenu(device, facts, type) }),
    flags,
  };
}

async function readMenu(
  device: V4l2Device,
  { id, min, max }: SingleValue,
  type: 'menu' | 'intmenu',
): Promise<Record<number, string>> {
  const menu: Record<number, string> = {};
  const first = Number(min);
  for (let index = first; index <= Number(max) && index < first + MAX_MENU_ITEMS; index += 1) {
    const bytes = makeMenuQuery(id, index);
    try {
      await device.ioctlAsync(VIDIOC_QUERYMENU, bytes);
      menu[index] = parseMenuItem(bytes, type);
    } catch (error) {
      // An entry that the driver leaves out answers EINVAL.
      if (isGone(error)) throw error;
    }
  }
  return menu;
}

function toSafeNumber(value: bigint): number {
  const number = Number(value);
  return Math.min(Math.max(number, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

function isEnd(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'EINVAL' || code === 'ENOTTY';
}

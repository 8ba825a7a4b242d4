import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { DeviceCandidate, DeviceIdentity, DeviceProblem } from '../device.ts';
import { openDevice, type V4l2Device } from './ioctl.ts';
import { readCapabilities } from './modes.ts';
import { errorCode, problemFor } from './problem.ts';
import {
  BUFFER_TYPE_CAPTURE,
  BUFFER_TYPE_CAPTURE_MPLANE,
  captureKind,
  makeCapability,
  parseCapability,
  VIDIOC_QUERYCAP,
} from './structs.ts';
import { readSysfs, type SysfsFacts } from './sysfs.ts';

/** What one look at a node gave. */
export type Probe =
  /** It answered as a camera; `candidate.problem` says if it cannot be captured. */
  | { outcome: 'camera'; candidate: DeviceCandidate; facts: SysfsFacts }
  /** It answered as something else: metadata, output, codec, part of a pipeline. */
  | { outcome: 'other'; facts: SysfsFacts }
  /** It is there and does not answer; `code` is the errno's name. The candidate says what sysfs knows. */
  | { outcome: 'failed'; code: string; candidate: DeviceCandidate; facts: SysfsFacts }
  /** Opening it takes too long; the answer is still awaited. */
  | { outcome: 'late' }
  | { outcome: 'gone' };

/** A node that is being taken away answers ENODEV for a moment before it vanishes. */
const VANISHING_MS = 100;

/** Capture nodes of drivers that are no camera and do not say so (the Raspberry Pi's image processor). */
const NOT_CAMERA_DRIVERS: ReadonlySet<string> = new Set(['bcm2835-isp']);

const MULTI_PLANAR: DeviceProblem = {
  status: 'ERROR',
  reason: 'the driver captures in several planes only, which ffmpeg cannot read',
};

/** Looks at one device node. Never throws: a failure is an outcome. `sysDir` is /sys. */
export async function probeNode(node: string, sysDir: string): Promise<Probe> {
  const first = await lookOnce(node, sysDir);
  if (first.outcome !== 'failed' || !isDead(first.code)) return first;
  await sleep(VANISHING_MS);
  return lookOnce(node, sysDir);
}

async function lookOnce(node: string, sysDir: string): Promise<Probe> {
  const facts = await readSysfs(basename(node), sysDir);
  try {
    const device = await openDevice(node);
    try {
      return await ask(device, node, facts);
    } finally {
      await device.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || (isDead(code) && !facts.isPresent)) return { outcome: 'gone' };
    const identity = makeIdentity(facts, { driver: facts.driver, card: facts.name, busInfo: '' });
    const candidate = makeCandidate(node, identity);
    return { outcome: 'failed', code, candidate: { ...candidate, problem: problemFor(code) }, facts };
  }
}

async function ask(device: V4l2Device, node: string, facts: SysfsFacts): Promise<Probe> {
  const bytes = makeCapability();
  try {
    device.ioctl(VIDIOC_QUERYCAP, bytes);
  } catch (error) {
    if (errorCode(error) === 'ENOTTY') return { outcome: 'other', facts };
    throw error;
  }
  const capability = parseCapability(bytes);
  const kind = captureKind(capability.deviceCaps);
  if (kind === 'none' || NOT_CAMERA_DRIVERS.has(capability.driver)) return { outcome: 'other', facts };
  const candidate = makeCandidate(node, makeIdentity(facts, capability));
  candidate.capabilities = await readCapabilities(
    device,
    kind === 'multi' ? BUFFER_TYPE_CAPTURE_MPLANE : BUFFER_TYPE_CAPTURE,
  );
  if (kind === 'multi') candidate.problem = MULTI_PLANAR;
  return { outcome: 'camera', candidate, facts };
}

function isDead(code: string): boolean {
  return code === 'ENODEV' || code === 'ENXIO';
}

function makeIdentity(
  facts: SysfsFacts,
  { driver, card, busInfo }: Pick<DeviceIdentity, 'driver' | 'card' | 'busInfo'>,
): DeviceIdentity {
  const { sysPath, vendorId, productId, serial, interfaceNumber } = facts;
  return { driver, card, busInfo, sysPath, vendorId, productId, serial, interfaceNumber };
}

function makeCandidate(node: string, identity: DeviceIdentity): DeviceCandidate {
  return {
    kind: 'usb',
    node,
    name: displayName(identity.card) || basename(node),
    identity,
    capabilities: { formats: [], modes: [] },
    problem: null,
  };
}

/** UVC drivers say the name twice, cut at 31 letters: 'Integrated Camera: Integrated C'. */
export function displayName(card: string): string {
  const [first, second] = card.split(': ', 2);
  return first !== undefined && second !== undefined && first.startsWith(second) ? first : card;
}

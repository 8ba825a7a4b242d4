import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { DeviceCandidate, DeviceIdentity, DeviceProblem } from '../device.ts';
import { displayName } from './display-name.ts';
import { openDevice, type V4l2Device } from './ioctl.ts';
import { readCapabilities } from './modes.ts';
import { NodeRules } from './node-rules.ts';
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
  /** It is something else: metadata, output, codec, part of a pipeline, or a device to be left alone. */
  | { outcome: 'other'; facts: SysfsFacts }
  /** It is there and does not answer; `code` is the errno's name. The candidate says what sysfs knows. */
  | { outcome: 'failed'; code: string; candidate: DeviceCandidate; facts: SysfsFacts }
  /** It still answers; nothing more was asked. */
  | { outcome: 'alive' }
  /** Opening it takes too long; the answer is still awaited. */
  | { outcome: 'late' }
  | { outcome: 'gone' };

/** A node that is being taken away answers ENODEV for a moment before it vanishes. */
const VANISHING_MS = 100;

/** Capture nodes of drivers that are no camera and do not say so (the Raspberry Pi's image processor). */
const NOT_CAMERA_DRIVERS: ReadonlySet<string> = new Set(['bcm2835-isp']);

const MULTI_PLANAR: DeviceProblem = {
  status: 'ERROR',
  code: 'unusable',
  reason: 'the driver captures in several planes only, which ffmpeg cannot read',
};

const ALL_NODES = new NodeRules({});

/** Asks one device node everything. Never throws: a failure is an outcome. `sysDir` is /sys. */
export async function probeNode(node: string, sysDir: string, rules = ALL_NODES): Promise<Probe> {
  const first = await lookOnce(node, sysDir, rules);
  if (first.outcome !== 'failed' || !isDead(first.code)) return first;
  await sleep(VANISHING_MS);
  return lookOnce(node, sysDir, rules);
}

/** Whether a camera that was probed before still answers; asks it everything if it does not. Never throws. */
export async function checkNode(node: string, sysDir: string, rules = ALL_NODES): Promise<Probe> {
  return (await isAnswering(node)) ? { outcome: 'alive' } : probeNode(node, sysDir, rules);
}

async function isAnswering(node: string): Promise<boolean> {
  try {
    const device = await openDevice(node);
    try {
      device.ioctl(VIDIOC_QUERYCAP, makeCapability());
    } finally {
      await device.close();
    }
    return true;
  } catch {
    return false; // why is asked next, with all else
  }
}

async function lookOnce(node: string, sysDir: string, rules: NodeRules): Promise<Probe> {
  const facts = await readSysfs(basename(node), sysDir);
  if (rules.ignoresFacts(facts)) return { outcome: 'other', facts };
  try {
    const device = await openDevice(node);
    try {
      return await ask(device, node, { facts, rules });
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

async function ask(
  device: V4l2Device,
  node: string,
  { facts, rules }: { facts: SysfsFacts; rules: NodeRules },
): Promise<Probe> {
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
  if (rules.ignoresIdentity(candidate.identity)) return { outcome: 'other', facts };
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
    isConfirmed: false,
    problem: null,
  };
}

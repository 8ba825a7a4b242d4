import type { DeviceCapabilities, DeviceIdentity } from '../devices/device.ts';

export interface Identifiable {
  kind: string;
  identity: DeviceIdentity;
  capabilities: DeviceCapabilities;
}

/** How surely a found device is a known camera. */
export interface Likeness {
  /** 0: it is another one. */
  score: number;
  /** The traits that agree, for a person who asks why. */
  matchedBy: string[];
}

/** From here on it is the camera, if no other fits as well. Without serial or port that takes ids, name and formats. */
export const matchScore = 40;

/** From here on it may be the camera: one that has not told all of itself yet misses its formats. */
export const likenessScore = 30;

// A serial outweighs a place (port and bus), and a place all that two cameras of one make have in common.
const points = {
  serial: 70,
  port: 40,
  bus: 20,
  'usb id': 20,
  name: 10,
  formats: 10,
  interface: 5,
} as const;

export type Trait = keyof typeof points;

const different: Likeness = { score: 0, matchedBy: [] };

/**
 * Numbers of nodes move, so they count nothing. What both say and is not the same makes them two cameras; what one of
 * them does not say proves nothing. `isSerialProof` is false where several have the same serial.
 */
export function scoreIdentity(found: Identifiable, known: Identifiable, isSerialProof = true): Likeness {
  const [a, b] = [found.identity, known.identity];
  if (found.kind !== known.kind || contradict(a, b)) return different;
  const agreement: Record<Trait, boolean> = {
    serial: isSerialProof && isSame(serialOf(a), serialOf(b)),
    port: isSamePort(a, b),
    bus: isSame(a.busInfo, b.busInfo),
    'usb id': isSame(a.vendorId, b.vendorId) && isSame(a.productId, b.productId),
    name: isSame(a.card, b.card),
    formats: isSame(formatsOf(found), formatsOf(known)),
    interface: isSame(a.interfaceNumber, b.interfaceNumber),
  };
  const matchedBy = traits.filter((trait) => agreement[trait]);
  return { score: matchedBy.reduce((sum, trait) => sum + points[trait], 0), matchedBy };
}

const traits = Object.keys(points) as Trait[];

/** The serial, or null where a maker gave all its cameras the same. */
export function serialOf({ serial }: DeviceIdentity): string | null {
  const text = serial?.trim() ?? '';
  return text === '' || placeholders.some((pattern) => pattern.test(text)) ? null : text;
}

const placeholders = [
  /^(.)\1*$/,
  /^0*123456789?0?(ABCDEF)?$/i,
  /^20\d\d0101000[01]$/,
  /^SN0*1?$/i,
  /^[\d.]*0[.]0[\d.]*$/,
  /^(none|null|n\/?a|unknown|default|serial( ?(no|number))?\.?|not? specified|to be filled.*)$/i,
];

/** Of the cameras that may share a serial; null for one without. */
export function serialKeyOf({ kind, identity }: Identifiable): string | null {
  const serial = serialOf(identity);
  const { vendorId, productId, interfaceNumber } = identity;
  return serial && [kind, vendorId, productId, interfaceNumber, serial].join(' ');
}

/** Equal for the nodes of one device that no port and no interface tells apart. */
export function placeOf({ sysPath, busInfo, interfaceNumber }: DeviceIdentity): string {
  return [sysPath, busInfo, interfaceNumber].join(' ');
}

/** Whether the device answered; else only the kernel's own words for it are known. */
export function hasAnswered({ busInfo }: DeviceIdentity): boolean {
  return busInfo !== '';
}

/** A device without a place in the tree of devices has the name of its bus alone. */
export function isSamePort(a: DeviceIdentity, b: DeviceIdentity): boolean {
  return isSame(a.sysPath, b.sysPath) || (!a.sysPath && !b.sysPath && isSame(a.busInfo, b.busInfo));
}

function contradict(a: DeviceIdentity, b: DeviceIdentity): boolean {
  const [serialA, serialB] = [serialOf(a), serialOf(b)];
  return (
    differ(a.vendorId, b.vendorId) ||
    differ(a.productId, b.productId) ||
    differ(a.interfaceNumber, b.interfaceNumber) ||
    differ(serialA, serialB) ||
    // A serial may fail to be read; that a camera got another port at the same time is too much of chance.
    (serialA !== serialB && !isSamePort(a, b)) ||
    (hasAnswered(a) && hasAnswered(b) && differ(a.card, b.card)) ||
    // Two cameras of one parent device.
    (isSame(a.sysPath, b.sysPath) && differ(a.busInfo, b.busInfo))
  );
}

function isSame(a: string | null, b: string | null): boolean {
  return Boolean(a) && a === b;
}

function differ(a: string | null, b: string | null): boolean {
  return Boolean(a) && Boolean(b) && a !== b;
}

function formatsOf(camera: Identifiable): string {
  return [...camera.capabilities.formats].sort().join(' ');
}

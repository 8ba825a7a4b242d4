import type { DeviceCapabilities, DeviceIdentity } from '../devices/device.ts';

export interface Identifiable {
  kind: string;
  identity: DeviceIdentity;
  capabilities: DeviceCapabilities;
}

export interface Match<C, K> {
  candidate: C;
  known: K;
  score: number;
  /** The traits that agree, for a person who asks why. */
  matchedBy: string[];
}

// A camera without a serial that moved to another port keeps 40 points: ids, name and formats. Less is another camera.
const threshold = 40;

/**
 * How surely a found device is a known camera. Numbers of nodes move, so they count nothing; the port, the ids, the
 * serial, the name and the set of formats do. Traits that both have and that contradict each other end it.
 */
export function scoreIdentity(
  found: Identifiable,
  known: Identifiable,
): { score: number; matchedBy: string[] } {
  const [a, b] = [found.identity, known.identity];
  const none = { score: 0, matchedBy: [] };
  if (found.kind !== known.kind) return none;
  const contradictions = [
    [a.vendorId, b.vendorId],
    [a.productId, b.productId],
    [a.serial, b.serial],
    [a.interfaceNumber, b.interfaceNumber],
    [a.card, b.card],
  ];
  if (contradictions.some(([x, y]) => Boolean(x) && Boolean(y) && x !== y)) return none;
  const traits: [name: string, points: number, agrees: boolean][] = [
    ['serial', 40, isSame(a.serial, b.serial)],
    ['port', 30, isSame(a.sysPath, b.sysPath)],
    ['bus', 20, isSame(a.busInfo, b.busInfo)],
    ['usb id', 20, isSame(a.vendorId, b.vendorId) && isSame(a.productId, b.productId)],
    ['name', 10, isSame(a.card, b.card)],
    ['formats', 10, isSame(formatsOf(found), formatsOf(known))],
  ];
  const agreeing = traits.filter(([, , agrees]) => agrees);
  return {
    score: agreeing.reduce((sum, [, points]) => sum + points, 0),
    matchedBy: agreeing.map(([name]) => name),
  };
}

/** Pairs found devices with known cameras, the surest pairs first; each is used once. */
export function matchIdentities<C extends Identifiable, K extends Identifiable>(
  found: C[],
  known: K[],
): Match<C, K>[] {
  const pairs = found
    .flatMap((candidate) =>
      known.map((other) => ({ candidate, known: other, ...scoreIdentity(candidate, other) })),
    )
    .filter(({ score }) => score >= threshold)
    .sort((x, y) => y.score - x.score);
  const used = new Set<unknown>();
  return pairs.filter((pair) => {
    if (used.has(pair.candidate) || used.has(pair.known)) return false;
    used.add(pair.candidate).add(pair.known);
    return true;
  });
}

function isSame(a: string | null, b: string | null): boolean {
  return Boolean(a) && a === b;
}

function formatsOf(camera: Identifiable): string {
  return [...camera.capabilities.formats].sort().join(' ');
}

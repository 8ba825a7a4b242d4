import type { DeviceCandidate } from './device.ts';

export interface CandidateChanges {
  found: DeviceCandidate[];
  /** As they are now. */
  changed: DeviceCandidate[];
  /** As they were. */
  lost: DeviceCandidate[];
}

/** What differs between two complete lists. A device that moved to another node or port was lost and found. */
export function candidateChanges(before: DeviceCandidate[], after: DeviceCandidate[]): CandidateChanges {
  const known = new Map(before.map((candidate) => [placeOf(candidate), candidate]));
  const present = new Set(after.map(placeOf));
  return {
    found: after.filter((candidate) => !known.has(placeOf(candidate))),
    changed: after.filter((candidate) => {
      const old = known.get(placeOf(candidate));
      return old !== undefined && JSON.stringify(old) !== JSON.stringify(candidate);
    }),
    lost: before.filter((candidate) => !present.has(placeOf(candidate))),
  };
}

// A node holds one device at a time; a device without a node is told by its bus.
function placeOf({ kind, node, identity }: DeviceCandidate): string {
  return `${kind} ${node ?? identity.busInfo} ${identity.sysPath ?? ''}`;
}

import type { DeviceCandidate } from '../devices/device.ts';
import { nothingLearned, unrecognised, type CameraRow, type Recognition } from '../store/cameras.ts';
import { hasAnswered, isSamePort } from './identity.ts';

/** What is kept of a new camera that may be one of these; what a camera may be is never guessed. */
export function doubtful(candidates: string[]): Recognition {
  if (candidates.length === 0) return unrecognised;
  const names = candidates.join(' or ');
  return {
    ...unrecognised,
    candidates,
    notice: `it may be ${names} in another port: they look the same, and nothing tells them apart; merge_cameras joins two entries that are one camera`,
  };
}

/** Without the cameras that it is not, as is known by now. */
export function withoutDoubtsOf(
  recognition: Recognition,
  isRuledOut: (device: string) => boolean,
): Recognition {
  const candidates = recognition.candidates.filter((device) => !isRuledOut(device));
  if (candidates.length === recognition.candidates.length) return recognition;
  const { notice } = doubtful(candidates);
  return { ...recognition, candidates, notice };
}

/** The row of a camera whose device is there: what was found, and what stays of before. */
export function recognisedRow(
  before: CameraRow,
  candidate: DeviceCandidate,
  facts: Pick<CameraRow, 'recognition' | 'lastSeen'>,
): CameraRow {
  const { identity: found, name } = candidate;
  const isAnswer = hasAnswered(found);
  // A device with a problem tells little; what was known of it stays.
  const isTold = candidate.capabilities.modes.length > 0;
  const identity = isAnswer ? { ...found, serial: found.serial ?? before.identity.serial } : before.identity;
  // Bandwidth is the port's; that a still picture is normal is the camera's.
  const hasMoved = isAnswer && !isSamePort(found, before.identity);
  const learned = hasMoved
    ? { ...nothingLearned, isStillNormal: before.learned.isStillNormal }
    : before.learned;
  return {
    ...before,
    ...facts,
    name: (isAnswer && name) || before.name,
    identity,
    capabilities: isTold ? candidate.capabilities : before.capabilities,
    capabilityStatus: isTold ? statusOf(candidate) : before.capabilityStatus,
    node: candidate.node,
    learned,
  };
}

/** A second probe must agree before a device's word is taken. */
export function statusOf({ capabilities, isConfirmed }: DeviceCandidate): CameraRow['capabilityStatus'] {
  if (capabilities.modes.length === 0) return 'NONE';
  return isConfirmed ? 'CONFIRMED' : 'PROVISIONAL';
}

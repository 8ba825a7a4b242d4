import type { CameraReason, CameraState, CaptureMode } from '@mediamtx-camera-service/protocol';
import type { CaptureStatus } from '../capture/capture.ts';
import type { DeviceProblem } from '../devices/device.ts';
import type { Trouble } from './recovery.ts';

export type CameraStatus = 'CONNECTED' | 'DISCONNECTED' | 'ERROR' | 'BUSY' | 'PROBING';

/** All that a camera's state follows from. */
export interface CameraFacts {
  kind: 'usb' | 'test';
  isEnabled: boolean;
  mode: CaptureMode;
  isPresent: boolean;
  problem: DeviceProblem | null;
  /** Epoch milliseconds. */
  releasedUntil: number | null;
  isWanted: boolean;
  isMediaUp: boolean;
  capture: CaptureStatus;
  /** The service itself reads the picture back from MediaMTX. */
  isLive: boolean;
  trouble: Trouble | undefined;
  /** What is seen in the picture. */
  picture: 'frozen' | 'black' | undefined;
  /** What a person should know of a camera that works. */
  note: Explanation | undefined;
}

export interface Explanation {
  code: CameraReason;
  /** In words for a person. */
  detail: string;
}

export interface DerivedState {
  state: CameraState;
  reason: CameraReason | null;
  detail: string | null;
}

interface StateRule {
  state: CameraState;
  when: (facts: CameraFacts) => boolean;
  why?: (facts: CameraFacts) => Explanation | null | undefined;
}

const because =
  (code: CameraReason, detail: string): (() => Explanation) =>
  () => ({ code, detail });

const pictureDetails = {
  frozen: 'the picture stands still: every frame is the same',
  black: 'the picture is black',
} as const;

/** The states, the first that fits; a camera is in exactly one. */
const rules: readonly StateRule[] = [
  {
    state: 'disabled',
    when: ({ isEnabled }) => !isEnabled,
    why: because('disabled', 'switched off by its settings; the device is left alone'),
  },
  {
    state: 'probing',
    // A device that streams may be slow to answer questions; its picture says more.
    when: ({ problem, isLive }) => problem?.status === 'PROBING' && !isLive,
    why: ({ problem }) => problem && { code: 'probing', detail: problem.reason },
  },
  {
    state: 'absent',
    when: ({ isPresent }) => !isPresent,
    why: ({ kind, note }) => {
      if (kind === 'test') return { code: 'not_needed', detail: 'not needed at present' };
      return note?.code === 'flapping' ? note : { code: 'unplugged', detail: 'unplugged' };
    },
  },
  {
    state: 'lent',
    when: ({ releasedUntil }) => releasedUntil !== null,
    why: ({ releasedUntil }) => ({
      code: 'released',
      detail: `lent to another program until ${new Date(releasedUntil ?? 0).toISOString()}`,
    }),
  },
  {
    state: 'off',
    when: ({ mode }) => mode === 'off',
    why: because('off', 'its mode is off: it is never captured'),
  },
  {
    state: 'failed',
    when: ({ problem }) => problem?.status === 'ERROR',
    why: ({ problem }) => problem && { code: problem.code, detail: problem.reason },
  },
  {
    state: 'busy',
    // Some drivers are busy for the one that asks while our own capture has them.
    when: ({ problem, trouble, isLive }) =>
      !isLive && (trouble?.code === 'busy' || (problem?.status === 'BUSY' && trouble === undefined)),
    why: ({ problem, trouble }) => trouble ?? (problem && { code: 'busy', detail: problem.reason }),
  },
  { state: 'failed', when: ({ trouble }) => trouble?.isTold === true, why: ({ trouble }) => trouble },
  {
    state: 'recovering',
    when: ({ trouble, isWanted }) => trouble !== undefined && isWanted,
    why: ({ trouble }) => trouble,
  },
  {
    state: 'recovering',
    when: ({ isWanted, isMediaUp }) => isWanted && !isMediaUp,
    why: because('media_server', 'MediaMTX is not available'),
  },
  {
    state: 'live',
    when: ({ isLive }) => isLive,
    why: ({ picture, note }) =>
      picture === undefined ? note : { code: picture, detail: pictureDetails[picture] },
  },
  {
    state: 'starting',
    when: ({ capture, isWanted }) => isWanted && capture !== 'stopping',
    why: ({ note }) => note,
  },
  { state: 'ready', when: () => true, why: ({ note }) => note },
];

export function deriveState(facts: CameraFacts): DerivedState {
  for (const { state, when, why } of rules) {
    if (!when(facts)) continue;
    const explanation = why?.(facts);
    return { state, reason: explanation?.code ?? null, detail: explanation?.detail ?? null };
  }
  throw new Error('no rule fits a camera'); // the last rule always does
}

interface StateEntry {
  /** What older clients see of it. */
  status: CameraStatus;
  meaning: string;
  /** Where it can go from here, and what takes it there. */
  next: Partial<Record<CameraState, string>>;
}

/** From everywhere a person, a plug or a probe leads to these. */
export const leavesUse = {
  disabled: 'set_camera {enabled: false}',
  probing: 'the device takes long to answer',
  absent: 'unplugged',
  lent: 'release_camera',
  off: 'set_camera {mode: off}',
  failed: 'the device does not answer, or capture fails again and again',
  busy: 'another program holds the device',
} as const;

/** Where a camera goes from one of these when it is over. */
export const whenUsable = {
  ready: 'usable, and nobody needs it',
  starting: 'usable, and somebody needs it',
  recovering: 'capture ended and is started again, or MediaMTX is away',
  live: 'the picture is there',
} as const;

/** Every state, what it means, and every change between two of them. */
export const cameraStates: Readonly<Record<CameraState, StateEntry>> = {
  probing: {
    status: 'PROBING',
    meaning: 'The device is being looked at.',
    next: { ...without(leavesUse, 'probing'), ...whenUsable },
  },
  absent: {
    status: 'DISCONNECTED',
    meaning: 'The device is not there.',
    next: { ...without(leavesUse, 'absent'), ...whenUsable },
  },
  ready: {
    status: 'CONNECTED',
    meaning: 'There, and not captured: nobody needs the picture.',
    next: {
      ...leavesUse,
      starting: 'somebody needs the picture',
      live: 'the picture is there',
      recovering: 'somebody needs the picture, and MediaMTX is away',
    },
  },
  starting: {
    status: 'CONNECTED',
    meaning: 'Somebody needs the picture, and capture is starting.',
    next: {
      ...leavesUse,
      live: 'the picture is there',
      recovering: 'capture ended, or MediaMTX went',
      ready: 'nobody needs it any more',
    },
  },
  live: {
    status: 'CONNECTED',
    meaning: 'The picture is there, as the service sees for itself.',
    next: {
      ...leavesUse,
      ready: 'nobody needs it any more, and the linger time is over',
      starting: 'capture is started anew, for other settings or another mode',
      recovering: 'capture ended, or MediaMTX went',
    },
  },
  recovering: {
    status: 'CONNECTED',
    meaning: 'The picture went a moment ago, and is being brought back.',
    next: {
      ...leavesUse,
      live: 'the picture is back',
      starting: 'capture is started again',
      ready: 'nobody needs it any more',
    },
  },
  failed: {
    status: 'ERROR',
    meaning: 'It does not work, and is tried again and again.',
    next: { ...without(leavesUse, 'failed'), ...whenUsable },
  },
  busy: {
    status: 'BUSY',
    meaning: 'Another program has the device.',
    next: { ...without(leavesUse, 'busy'), ...whenUsable },
  },
  lent: {
    status: 'BUSY',
    meaning: 'Released for another program, for a while.',
    next: { ...without(leavesUse, 'lent'), ...whenUsable },
  },
  off: {
    status: 'CONNECTED',
    meaning: 'There, and never captured: its mode is off.',
    next: { ...without(leavesUse, 'off'), ...whenUsable },
  },
  disabled: {
    status: 'DISCONNECTED',
    meaning: 'Left alone, by its settings.',
    next: { ...without(leavesUse, 'disabled'), ...whenUsable },
  },
};

function without<T extends object, K extends keyof T>(entries: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = entries;
  return rest;
}

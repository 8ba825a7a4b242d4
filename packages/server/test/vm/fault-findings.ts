import type {
  CameraReason,
  CameraState,
  NotificationParams,
  Result,
} from '@mediamtx-camera-service/protocol';

export type FaultStatus = Omit<Result<'get_camera_status'>, 'capabilities' | 'streams'>;
type Transition = Result<'get_camera_history'>['transitions'][number];
type RecordingStatus = NotificationParams<'recording_status_update'>['status'];

/** What a client heard, in its order; `atMs` counts from the fault. */
export type Told = { atMs: number } & (
  | {
      kind: 'camera';
      status: FaultStatus['status'];
      state: CameraState;
      reason_code: CameraReason | null;
      status_reason: string | null;
      remedy: string | null;
    }
  | { kind: 'recording'; status: RecordingStatus; reason: string | null; session_id: string }
  | { kind: 'event'; topic: string }
);

/** How one fault was survived, as guest/fault-lab.mjs reports it. */
export interface FaultFinding {
  before: FaultStatus;
  /** While it lasted; undefined for one that passes by itself. */
  during?: FaultStatus;
  healedMs: number;
  /** The first frame that was surely taken after the fault: how many streams of the device later, and its number. */
  resumed: { newRuns: number; sequence: number };
  after: FaultStatus;
  /** What went wrong where it was not survived. */
  failed?: { error: string; status: FaultStatus };
  gap: { longestMs: number; frames: number };
  timeline: Told[];
  transitions: Transition[];
}

interface RecordingFinding {
  filename: string;
  frames: number;
  /** Of each stream of the device: the numbers of its first and last frame. */
  runs: { first: number; last: number; frames: number }[];
  complaints: string;
}

interface Place {
  device: string;
  node: string;
  /** By the driver's own word. */
  bus: string;
  identity: FaultStatus['identity'];
}

export type StreamFault =
  | 'corrupted'
  | 'io-error'
  | 'reqbufs'
  | 'streamon'
  | 'no-frames'
  | 'dead'
  | 'denied'
  | 'busy'
  | 'frozen'
  | 'black'
  | 'half-the-frames';

/** What guest/stream-faults.mjs reports, by step. */
export interface StreamFindings extends Record<StreamFault, FaultFinding> {
  lent: { status: FaultStatus; pid: number };
  recording: RecordingFinding;
  ended: { code: number | null };
}

export type PlugFault = 'unplugged' | 'elsewhere' | 'flapping' | 'shaken' | 'swapped';

/** What guest/plug-faults.mjs reports, by step. */
export interface PlugFindings extends Record<PlugFault, FaultFinding> {
  'metadata-node': { nodes: string[]; cameras: { device: string; device_path: string | null }[] };
  recording: RecordingFinding;
  places: { before: Place[]; after: Place[] };
  'swapped-recording': RecordingFinding;
  ended: { code: number | null };
}

/** Nothing is amiss with the camera: that the machine has too little time for all of its frames is no fault of it. */
export function isSound(reason: unknown): boolean {
  return reason === null || reason === 'starved';
}

/** A part of what is told: every field that is named must be just so, or agree. */
export type Expected = Record<string, unknown> & { kind: Told['kind'] };

/**
 * The first of the expected notifications that was not told after the ones before it; undefined where all were told in
 * this order. Others may come between.
 */
export function findMissing(timeline: Told[], expected: Expected[]): Expected | undefined {
  let from = 0;
  return expected.find((wanted) => {
    const index = timeline.findIndex((told, at) => at >= from && agrees(told, wanted));
    from = index + 1;
    return index === -1;
  });
}

function agrees(told: Told, wanted: Expected): boolean {
  const fields = new Map<string, unknown>(Object.entries(told));
  return Object.entries(wanted).every(([name, value]) =>
    typeof value === 'function' ? value(fields.get(name)) === true : fields.get(name) === value,
  );
}

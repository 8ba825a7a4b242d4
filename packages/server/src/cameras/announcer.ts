import type { Camera as CameraObject, CameraState } from '@mediamtx-camera-service/protocol';
import type { EventLog } from '../events/event-log.ts';
import type { Notifier } from '../events/notifier.ts';
import type { Camera } from './camera.ts';
import type { CameraStatus } from './camera-state.ts';

/** Where a camera can be watched. */
export interface StreamAddresses {
  rtsp: string;
  webrtc: string;
  hls: string;
}

export interface CameraAnnouncerDeps {
  events: Pick<EventLog, 'append'>;
  notifier: Pick<Notifier, 'notify'>;
  addressesOf: (camera: Camera) => StreamAddresses;
  /** While a camera flaps, how long a state must last to be told, in milliseconds. */
  steadyMs?: number;
}

interface Told {
  status: CameraStatus;
  state: CameraState;
  reason: string | null;
  reasonCode: Camera['reason'];
  facts: string;
  capabilities: string;
  probeProblem: string | null;
  isRecording: boolean;
  isFlapping: boolean;
}

/** What of it `camera_status_update` tells. */
const notified = ['status', 'state', 'reason', 'facts', 'isRecording'] as const;

/**
 * Tells changes of cameras, each once. A camera that flaps is told as flapping once; while it does, only a state that
 * lasts is told.
 */
export class CameraAnnouncer {
  readonly #deps: CameraAnnouncerDeps;
  readonly #told = new Map<string, Told>();
  readonly #texts = new WeakMap<object, string>();
  /** Of cameras that flap: what waits to be told, if it lasts. */
  readonly #held = new Map<string, { key: string; timer: NodeJS.Timeout }>();

  constructor(deps: CameraAnnouncerDeps) {
    this.#deps = deps;
  }

  /** Looks at what changed since the last telling; nothing new is no news. */
  note(camera: Camera, isRecording: boolean): void {
    const { device } = camera;
    const isHeld = camera.isFlapping && this.#told.get(device)?.isFlapping === true;
    if (!isHeld) {
      this.#drop(device);
      this.#tell(camera, isRecording);
      return;
    }
    // What stays as it is has lasted since it was first seen, however often it is looked at.
    const key = JSON.stringify([camera.state, camera.statusReason, isRecording]);
    if (this.#held.get(device)?.key === key) return;
    this.#drop(device);
    const timer = setTimeout(() => this.#tell(camera, isRecording), this.#deps.steadyMs ?? 2_000);
    timer.unref();
    this.#held.set(device, { key, timer });
  }

  /** Of a camera that is known no more. */
  forget(device: string): void {
    this.#drop(device);
    this.#told.delete(device);
  }

  #drop(device: string): void {
    clearTimeout(this.#held.get(device)?.timer);
    this.#held.delete(device);
  }

  #tell(camera: Camera, isRecording: boolean): void {
    const { device, row, probeProblem } = camera;
    const before = this.#told.get(device);
    const now = this.#look(camera, isRecording);
    this.#told.set(device, now);
    if (notified.some((what) => before?.[what] !== now[what])) this.#notify(camera);
    // The event is of the status and why it is so: what else changed is told by the notification.
    if (before?.status !== now.status || before.reasonCode !== now.reasonCode)
      this.#tellStatus(camera, before?.status ?? null);
    if (probeProblem !== null && probeProblem !== before?.probeProblem) {
      this.#deps.events.append('camera.capability_error', { device, reason: probeProblem }, device);
    }
    if (before?.capabilities !== now.capabilities && row.capabilities.modes.length > 0) {
      this.#deps.events.append(
        'camera.capability_detected',
        { device, formats: row.capabilities.formats, validation_status: row.capabilityStatus },
        device,
      );
    }
  }

  #look(camera: Camera, isRecording: boolean): Told {
    const { mode, row, captureMode } = camera;
    const { enabled } = row.settings;
    const size = `${mode.width}x${mode.height}@${mode.fps}`;
    return {
      status: camera.status,
      state: camera.state,
      reason: camera.statusReason,
      reasonCode: camera.reason,
      facts: JSON.stringify([camera.name, size, row.node, enabled, captureMode, row.recognition.notice]),
      capabilities: `${row.capabilityStatus} ${this.#textOf(row.capabilities)}`,
      probeProblem: camera.probeProblem,
      isRecording,
      isFlapping: camera.isFlapping,
    };
  }

  /** They are long, and asked for with every report of frames. */
  #textOf(capabilities: object): string {
    const text = this.#texts.get(capabilities) ?? JSON.stringify(capabilities);
    this.#texts.set(capabilities, text);
    return text;
  }

  #tellStatus(camera: Camera, from: CameraStatus | null): void {
    const { events } = this.#deps;
    const { device, status, state, statusReason: reason, reason: reasonCode, name, row } = camera;
    events.append(
      'camera.status_change',
      {
        device,
        from,
        to: status,
        status,
        state,
        reason,
        reason_code: reasonCode,
        notice: row.recognition.notice,
      },
      device,
    );
    if (from === status) return;
    if (status === 'CONNECTED') events.append('camera.connected', { device, name, node: row.node }, device);
    if (status === 'DISCONNECTED')
      events.append('camera.disconnected', { device, reason, reason_code: reasonCode }, device);
  }

  #notify(camera: Camera): void {
    const { device, mode } = camera;
    this.#deps.notifier.notify(
      'camera_status_update',
      {
        device,
        status: camera.status,
        name: camera.name,
        resolution: `${mode.width}x${mode.height}`,
        fps: mode.fps,
        streams: this.#deps.addressesOf(camera),
        ...viewCondition(camera),
      },
      device,
    );
  }
}

/** What a camera says of how it is, as its object and its notification tell it. */
export function viewCondition(
  camera: Camera,
): Pick<
  CameraObject,
  'status_reason' | 'reason_code' | 'remedy' | 'state' | 'enabled' | 'mode' | 'identity' | 'released_until'
> {
  const { settings, recognition, releasedUntil } = camera.row;
  const { matchedBy: matched_by, score, notice, candidates } = recognition;
  return {
    status_reason: camera.statusReason,
    reason_code: camera.reason,
    remedy: camera.remedy,
    state: camera.state,
    enabled: settings.enabled,
    mode: camera.captureMode,
    identity: { matched_by, score, notice, candidates },
    released_until: releasedUntil === null ? null : new Date(releasedUntil).toISOString(),
  };
}

import type { EventLog } from '../events/event-log.ts';
import type { Notifier } from '../events/notifier.ts';
import type { Camera, CameraStatus } from './camera.ts';

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
}

interface Told {
  status: CameraStatus;
  reason: string | null;
  state: string;
  capabilities: string;
  probeProblem: string | null;
  isRecording: boolean;
}

/** Tells changes of cameras, each once. */
export class CameraAnnouncer {
  readonly #deps: CameraAnnouncerDeps;
  readonly #told = new Map<string, Told>();

  constructor(deps: CameraAnnouncerDeps) {
    this.#deps = deps;
  }

  /** Looks at what changed since the last telling; nothing new is no news. */
  note(camera: Camera, isRecording: boolean): void {
    const { device, status, statusReason, mode, row } = camera;
    const state = `${row.name} ${mode.width}x${mode.height}@${mode.fps} ${row.node}`;
    const capabilities = JSON.stringify(row.capabilities);
    const before = this.#told.get(device);
    const now: Told = {
      status,
      reason: statusReason,
      state,
      capabilities,
      probeProblem: camera.probeProblem,
      isRecording,
    };
    this.#told.set(device, now);
    const isNew = before?.status !== status || before.reason !== statusReason || before.state !== state;
    if (isNew) this.#tellStatus(camera, before);
    else if (before.isRecording !== isRecording) this.#notify(camera);
    if (camera.probeProblem !== null && camera.probeProblem !== before?.probeProblem) {
      this.#deps.events.append('camera.capability_error', { device, reason: camera.probeProblem }, device);
    }
    if (before?.capabilities !== capabilities && row.capabilities.modes.length > 0) {
      this.#deps.events.append(
        'camera.capability_detected',
        { device, formats: row.capabilities.formats },
        device,
      );
    }
  }

  #tellStatus(camera: Camera, before: Told | undefined): void {
    const { events } = this.#deps;
    const { device, status, statusReason: reason } = camera;
    this.#notify(camera);
    events.append(
      'camera.status_change',
      { device, from: before?.status ?? null, to: status, status, reason },
      device,
    );
    if (before?.status === status) return;
    if (status === 'CONNECTED')
      events.append('camera.connected', { device, name: camera.row.name, node: camera.row.node }, device);
    if (status === 'DISCONNECTED') events.append('camera.disconnected', { device, reason }, device);
  }

  #notify(camera: Camera): void {
    const { device, status, mode, row, statusReason } = camera;
    this.#deps.notifier.notify(
      'camera_status_update',
      {
        device,
        status,
        name: row.name,
        resolution: `${mode.width}x${mode.height}`,
        fps: mode.fps,
        streams: this.#deps.addressesOf(camera),
        status_reason: statusReason,
      },
      device,
    );
  }
}

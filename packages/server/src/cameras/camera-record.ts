import type { CaptureMode } from '@mediamtx-camera-service/protocol';
import type { Logger } from 'pino';
import type { VideoMode } from '../devices/device.ts';
import type { CameraRow, LearnedModes } from '../store/cameras.ts';

export interface CameraRecordDeps {
  row: CameraRow;
  /** The mode in which such a camera is captured. */
  chooseMode: (row: CameraRow) => VideoMode;
  /** Of a camera whose settings say nothing; read at each use, as it can be changed at run time. */
  defaultMode: Exclude<CaptureMode, 'off'>;
  /** Keeps what was set or learned. */
  keep: (row: CameraRow) => void;
  log: Logger;
}

/** What is known of one camera and kept of it, and how it is captured, which follows from that. */
export class CameraRecord {
  readonly #deps: CameraRecordDeps;
  #row: CameraRow;
  #mode: VideoMode;

  constructor(deps: CameraRecordDeps) {
    this.#deps = deps;
    this.#row = deps.row;
    this.#mode = deps.chooseMode(deps.row);
  }

  get row(): CameraRow {
    return this.#row;
  }

  /** A person's name for it, else the device's own. */
  get name(): string {
    return this.#row.settings.name ?? this.#row.name;
  }

  /** The mode in which it is captured. */
  get mode(): VideoMode {
    return this.#mode;
  }

  /** When it is captured. */
  get captureMode(): CaptureMode {
    return this.#row.settings.mode ?? this.#deps.defaultMode;
  }

  /** Whether the service may use the device, as far as a person decides that. */
  get isOurs(): boolean {
    const { settings, releasedUntil } = this.#row;
    return settings.enabled && this.captureMode !== 'off' && releasedUntil === null;
  }

  /** Takes what is kept already; whether a run of capture would be another one with it. */
  take(row: CameraRow): boolean {
    const before = this.#captureKey;
    this.#row = row;
    this.#mode = this.#deps.chooseMode(row);
    return this.#captureKey !== before;
  }

  /** Takes what was learned of its modes, and the mode that follows from it. */
  learn(learned: LearnedModes): void {
    this.keep({ learned });
    this.#mode = this.#deps.chooseMode(this.#row);
  }

  /** Takes a change that does not bear on the mode, and keeps it. On a full disk it is known until the service ends. */
  keep(change: Partial<CameraRow>): void {
    this.#row = { ...this.#row, ...change };
    try {
      this.#deps.keep(this.#row);
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'what is known of a camera could not be kept');
    }
  }

  /** What the command line of ffmpeg follows from. A native H.264 camera takes no encoder settings, and no harm. */
  get #captureKey(): string {
    const { node, settings } = this.#row;
    return JSON.stringify([node, this.#mode, settings.bitrate, settings.quality]);
  }
}

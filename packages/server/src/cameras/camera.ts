import type { CameraReason, CameraState, CaptureMode } from '@mediamtx-camera-service/protocol';
import type { Capture } from '../capture/capture.ts';
import type { DeviceCandidate, VideoMode } from '../devices/device.ts';
import type { CameraRow, ControlValues } from '../store/cameras.ts';
import type { Gop } from '../taps/tap-pool.ts';
import { CameraRecord, type CameraRecordDeps } from './camera-record.ts';
import { cameraStates, deriveState, type CameraStatus, type DerivedState } from './camera-state.ts';
import { Demand } from './demand.ts';
import { LivePicture, type PictureMeans } from './live-picture.ts';
import { Presence } from './presence.ts';
import { reasons } from './reasons.ts';

export type { CameraStatus } from './camera-state.ts';

/** How far the picture is on its way: `live` when the service itself reads it back from MediaMTX. */
export type Liveness = 'idle' | 'starting' | 'live' | 'stopping' | 'failed';

export interface CameraDeps extends CameraRecordDeps, PictureMeans {
  makeCapture: (camera: Camera) => Capture;
  /** Read at each use, as it can be changed at run time. */
  lingerMs: number;
  /** Called after any change of what the camera says of itself. */
  onChange: (camera: Camera) => void;
  /** It came, or answers again. */
  onReturn: (camera: Camera) => void;
  /** The newest picture, when the camera stops being live. */
  onLastPicture: (camera: Camera, gop: Gop) => void;
  now?: () => number;
}

const soonMs = 500;

/**
 * One camera: what it is, whether it is there, and whether it must be and is live. It holds the facts; its state follows
 * from them (camera-state.ts), and so does whether its picture is to be live: wanted, present, usable, ours, and MediaMTX
 * there to publish to. Its number never changes.
 */
export class Camera {
  readonly device: string;
  readonly demand: Demand;
  readonly capture: Capture;
  readonly picture: LivePicture;
  readonly #deps: CameraDeps;
  readonly #now: () => number;
  readonly #record: CameraRecord;
  readonly #presence: Presence;
  #isMediaUp = false;
  #releaseAlways: (() => void) | undefined;
  #reclaimTimer: NodeJS.Timeout | undefined;
  #soonTimer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(deps: CameraDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#record = new CameraRecord(deps);
    this.device = `camera${deps.row.number}`;
    this.#presence = new Presence({
      hasPlug: deps.row.kind !== 'test',
      now: this.#now,
      onSteady: () => this.#tell(),
    });
    this.capture = deps.makeCapture(this);
    this.picture = new LivePicture({
      ...deps,
      device: this.device,
      capture: this.capture,
      record: this.#record,
      now: this.#now,
      isThere: () => this.#presence.isUsable,
      onChange: () => this.#tell(),
      onLost: () => this.#tellSoon(),
      onLastPicture: (gop) => deps.onLastPicture(this, gop),
    });
    this.demand = new Demand({
      get lingerMs() {
        return deps.lingerMs;
      },
      onChange: () => this.#update(),
    });
    this.#applyCaptureMode();
    this.#scheduleReclaim();
  }

  get row(): CameraRow {
    return this.#record.row;
  }

  /** A person's name for it, else the device's own. */
  get name(): string {
    return this.#record.name;
  }

  /** The mode in which it is captured. */
  get mode(): VideoMode {
    return this.#record.mode;
  }

  /** When it is captured. */
  get captureMode(): CaptureMode {
    return this.#record.captureMode;
  }

  get isPresent(): boolean {
    return this.#presence.isPresent;
  }

  get isLive(): boolean {
    return this.picture.isLive;
  }

  get isFlapping(): boolean {
    return this.#presence.isFlapping;
  }

  get liveness(): Liveness {
    if (this.isLive) return this.demand.isWanted ? 'live' : 'stopping';
    if (this.state === 'failed' || this.state === 'busy') return 'failed';
    const { status } = this.capture.state;
    if (status === 'stopping') return 'stopping';
    return status === 'idle' ? 'idle' : 'starting';
  }

  get state(): CameraState {
    return this.#derive().state;
  }

  get status(): CameraStatus {
    return cameraStates[this.state].status;
  }

  /** Why it is in its state, for programs; null where nothing is to be said. */
  get reason(): CameraReason | null {
    return this.#derive().reason;
  }

  /** The same in words. */
  get statusReason(): string | null {
    return this.#derive().detail;
  }

  /** What the service does about it, or what a person can do. */
  get remedy(): string | null {
    const { reason } = this;
    return reason === null ? null : reasons[reason].remedy;
  }

  /** Why its capabilities could not be asked, in words. */
  get probeProblem(): string | null {
    const { isPresent, problem } = this.#presence;
    return isPresent && problem?.status === 'ERROR' ? problem.reason : null;
  }

  /** The device is there, as found; also when only its node or its problem changed. */
  appear(candidate: DeviceCandidate, row: CameraRow): void {
    const isMoved = row.node !== this.row.node;
    const isNews = this.#presence.appear(candidate) || isMoved;
    if (isNews) this.picture.noteEvidence();
    this.configure(row);
    if (isNews && candidate.problem === null) this.#deps.onReturn(this);
  }

  /** The device is gone; `now` is epoch milliseconds. */
  disappear(now: number): void {
    const wasPresent = this.isPresent;
    if (!this.#presence.disappear()) return;
    // A list that stays the same is told once, so when it went says best when it was there.
    if (wasPresent) this.#record.keep({ lastSeen: now });
    this.picture.noteEvidence();
    this.#update();
    this.#tell();
  }

  /** Takes changed settings, or what else is known of it anew; a run that they change is started again. */
  configure(row: CameraRow): void {
    const isAnotherRun = this.#record.take(row);
    this.#applyCaptureMode();
    this.#scheduleReclaim();
    if (isAnotherRun) void this.capture.restart();
    this.#update();
    this.#tell();
  }

  /** Frees the device for another program until then (epoch milliseconds); resolves when it is free. */
  async lend(releasedUntil: number): Promise<void> {
    this.#record.keep({ releasedUntil });
    this.configure(this.row);
    await this.capture.untilIdle();
  }

  reclaim(): void {
    if (this.row.releasedUntil === null) return;
    this.picture.noteEvidence();
    this.#record.keep({ releasedUntil: null });
    this.configure(this.row);
  }

  /** Controls that are to be set again when it returns. */
  keepControls(controls: ControlValues): void {
    this.#record.keep({ controls });
  }

  /** Whether there is a MediaMTX to publish to. */
  setMediaUp(isUp: boolean): void {
    if (isUp === this.#isMediaUp) return;
    this.#isMediaUp = isUp;
    this.#update();
    this.#tell();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#reclaimTimer);
    this.#presence.stop();
    clearTimeout(this.#soonTimer);
    this.demand.stop();
    await this.picture.stop();
  }

  #derive(): DerivedState {
    const { settings, kind, releasedUntil } = this.row;
    return deriveState({
      kind,
      isEnabled: settings.enabled,
      mode: this.captureMode,
      isPresent: this.#presence.isPresent,
      problem: this.#presence.problem,
      releasedUntil,
      isWanted: this.demand.isWanted,
      isMediaUp: this.#isMediaUp,
      capture: this.capture.state.status,
      isLive: this.isLive,
      trouble: this.picture.trouble,
      picture: this.picture.condition,
      note: this.#presence.note ?? this.picture.note,
    });
  }

  #update(): void {
    if (this.#isStopped) return;
    const isUsable = this.#record.isOurs && this.#presence.isUsable && this.#isMediaUp;
    this.picture.want(this.demand.isWanted && isUsable);
  }

  #applyCaptureMode(): void {
    if (this.captureMode === 'always') this.#releaseAlways ??= this.demand.hold('always');
    else {
      this.#releaseAlways?.();
      this.#releaseAlways = undefined;
    }
  }

  #scheduleReclaim(): void {
    clearTimeout(this.#reclaimTimer);
    const { releasedUntil } = this.row;
    if (releasedUntil === null || this.#isStopped) return;
    this.#reclaimTimer = setTimeout(() => this.reclaim(), Math.max(0, releasedUntil - this.#now()));
    this.#reclaimTimer.unref();
  }

  #tellSoon(): void {
    clearTimeout(this.#soonTimer);
    this.#soonTimer = setTimeout(() => this.#tell(), soonMs);
    this.#soonTimer.unref();
  }

  #tell(): void {
    clearTimeout(this.#soonTimer);
    if (!this.#isStopped) this.#deps.onChange(this);
  }
}

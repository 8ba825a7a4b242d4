import type { CameraReason, CameraState, CaptureMode } from '@mediamtx-camera-service/protocol';
import type { Logger } from 'pino';
import type { Capture, CaptureEnd, CaptureState } from '../capture/capture.ts';
import type { DeviceCandidate, VideoMode } from '../devices/device.ts';
import type { CameraRow, ControlValues, LearnedModes } from '../store/cameras.ts';
import type { Gop } from '../taps/tap-pool.ts';
import { cameraStates, deriveState, type CameraStatus, type DerivedState } from './camera-state.ts';
import { Demand } from './demand.ts';
import { CameraTap, type CameraTapDeps } from './camera-tap.ts';
import { ModeTrial } from './mode-trial.ts';
import type { PictureVerdict } from '../pictures/index.ts';
import { Presence } from './presence.ts';
import { PictureCare } from './picture-care.ts';
import { reasons } from './reasons.ts';
import { Recovery } from './recovery.ts';
import { Repair, type RepairDeps } from './repair.ts';

export type { CameraStatus } from './camera-state.ts';

/** How far the picture is on its way: `live` when the service itself reads it back from MediaMTX. */
export type Liveness = 'idle' | 'starting' | 'live' | 'stopping' | 'failed';

export interface CameraDeps
  extends Omit<CameraTapDeps, 'device' | 'isCapturing' | 'onLastPicture' | 'onEnd'>, RepairDeps {
  row: CameraRow;
  /** The mode in which such a camera is captured. */
  chooseMode: (row: CameraRow) => VideoMode;
  makeCapture: (camera: Camera) => Capture;
  /** Read at each use, as both can be changed at run time. */
  lingerMs: number;
  /** Of a camera whose settings say nothing. */
  defaultMode: Exclude<CaptureMode, 'off'>;
  /** Keeps what was set or learned. */
  keep: (row: CameraRow) => void;
  /** Called after any change of what the camera says of itself. */
  onChange: (camera: Camera) => void;
  /** It came, or answers again. */
  onReturn: (camera: Camera) => void;
  /** The newest picture, when the camera stops being live. */
  onLastPicture: (camera: Camera, gop: Gop) => void;
  now?: () => number;
  log: Logger;
}

const soonMs = 500;

/**
 * One camera: what it is, whether it is there, and whether it must be and is live. It holds the facts; its state follows
 * from them (camera-state.ts), and so does whether capture runs: wanted, present, usable, ours, and MediaMTX there to
 * publish to. Its number never changes.
 */
export class Camera {
  readonly device: string;
  readonly demand: Demand;
  readonly capture: Capture;
  readonly #deps: CameraDeps;
  readonly #now: () => number;
  readonly #recovery = new Recovery();
  readonly #repair: Repair;
  readonly #presence: Presence;
  readonly #tap: CameraTap;
  readonly #trial: ModeTrial;
  readonly #pictureCare: PictureCare;
  #row: CameraRow;
  #mode: VideoMode;
  #isMediaUp = false;
  #liveSince: number | undefined;
  #releaseAlways: (() => void) | undefined;
  #reclaimTimer: NodeJS.Timeout | undefined;
  #soonTimer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(deps: CameraDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#row = deps.row;
    this.#mode = deps.chooseMode(deps.row);
    this.device = `camera${deps.row.number}`;
    this.#presence = new Presence({
      hasPlug: deps.row.kind !== 'test',
      now: this.#now,
      onSteady: () => this.#tell(),
    });
    this.#trial = new ModeTrial({
      row: () => this.#row,
      mode: () => this.#mode,
      learn: (learned) => this.#learn(learned),
    });
    this.#repair = new Repair({
      ...deps,
      node: () => this.#row.node,
      recovery: this.#recovery,
      lowerMode: (failure) => this.#trial.blame(failure),
      isThere: () => this.#presence.isUsable,
      onChange: () => this.#tell(),
    });
    this.#pictureCare = new PictureCare({
      isStillNormal: () => this.#row.learned.isStillNormal,
      learnStillNormal: (isStillNormal) => this.#learn({ ...this.#row.learned, isStillNormal }),
      restart: () => void this.capture.restart(),
    });
    this.capture = deps.makeCapture(this);
    this.#tap = new CameraTap({
      ...deps,
      device: this.device,
      isCapturing: () => this.#isCapturing,
      onLastPicture: (gop) => deps.onLastPicture(this, gop),
      onEnd: () => this.#pictureCare.noteEnd(),
    });
    this.capture.onState((state) => this.#followCapture(state));
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

  /** Why it is captured in another mode, or at another rate, than was wanted. */
  get modeReason(): string | null {
    return this.#trial.reason;
  }

  get isPresent(): boolean {
    return this.#presence.isPresent;
  }

  get isLive(): boolean {
    return this.#tap.isLive;
  }

  get isFlapping(): boolean {
    return this.#presence.isFlapping;
  }

  /** Epoch milliseconds since when the picture is live. */
  get liveSince(): number | undefined {
    return this.isLive ? this.#liveSince : undefined;
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
    const isMoved = row.node !== this.#row.node;
    const isNews = this.#presence.appear(candidate) || isMoved;
    if (isNews) this.#recovery.noteEvidence();
    this.configure(row);
    if (isNews && candidate.problem === null) this.#deps.onReturn(this);
  }

  /** The device is gone; `now` is epoch milliseconds. */
  disappear(now: number): void {
    const wasPresent = this.isPresent;
    if (!this.#presence.disappear()) return;
    // A list that stays the same is told once, so when it went says best when it was there.
    if (wasPresent) this.#keep({ ...this.#row, lastSeen: now });
    this.#recovery.noteEvidence();
    this.#update();
    this.#tell();
  }

  /** Takes changed settings, or what else is known of it anew; a run that they change is started again. */
  configure(row: CameraRow): void {
    const before = { row: this.#row, mode: this.#mode };
    this.#row = row;
    this.#mode = this.#deps.chooseMode(row);
    this.#applyCaptureMode();
    this.#scheduleReclaim();
    if (changesCapture(before, { row, mode: this.#mode })) void this.capture.restart();
    this.#update();
    this.#tell();
  }

  /** Frees the device for another program until then (epoch milliseconds); resolves when it is free. */
  async lend(releasedUntil: number): Promise<void> {
    this.#keep({ ...this.#row, releasedUntil });
    this.configure(this.#row);
    await this.capture.untilIdle();
  }

  reclaim(): void {
    if (this.#row.releasedUntil === null) return;
    this.#recovery.noteEvidence();
    this.#keep({ ...this.#row, releasedUntil: null });
    this.configure(this.#row);
  }

  /** Controls that are to be set again when it returns. */
  keepControls(controls: ControlValues): void {
    this.#keep({ ...this.#row, controls });
  }

  /** Whether there is a MediaMTX to publish to. */
  setMediaUp(isUp: boolean): void {
    if (isUp === this.#isMediaUp) return;
    this.#isMediaUp = isUp;
    this.#update();
    this.#tell();
  }

  followTap(state: 'connecting' | 'live' | 'lost'): void {
    if (!this.#tap.follow(state)) return;
    if (this.isLive) {
      this.#liveSince = this.#now();
      // The picture proves more than capture's next report, which may be half a second away.
      this.#recovery.noteLive();
    }
    // Its reader loses the picture a moment before capture says why.
    if (this.isLive || this.capture.state.status !== 'publishing') this.#tell();
    else this.#tellSoon();
  }

  /** What is seen in the picture while it is live. */
  followPicture(verdict: PictureVerdict): void {
    this.#pictureCare.take(verdict);
    this.#tell();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#reclaimTimer);
    this.#presence.stop();
    clearTimeout(this.#soonTimer);
    this.demand.stop();
    await this.#tap.close();
    await this.capture.stop();
  }

  /** For capture: what is done after an unexpected end; resolves when it may start again. */
  async recover(end: CaptureEnd, signal: AbortSignal): Promise<void> {
    // What the device's own probe says comes first: unplugged, dead, or nothing amiss.
    await this.#repair.look(end);
    if (signal.aborted) return;
    const plan = this.#recovery.fail(end);
    this.#tell();
    await this.#repair.carryOut(plan, end, signal);
  }

  get #isCapturing(): boolean {
    const { status } = this.capture.state;
    return !this.#isStopped && (status === 'starting' || status === 'publishing');
  }

  #derive(): DerivedState {
    const { settings, kind, releasedUntil } = this.#row;
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
      trouble: this.#recovery.trouble,
      picture: this.#pictureCare.condition,
      note: this.#presence.note ?? this.#trial.note,
    });
  }

  #update(): void {
    if (this.#isStopped) return;
    const { settings, releasedUntil } = this.#row;
    const isOurs = settings.enabled && this.captureMode !== 'off' && releasedUntil === null;
    const shouldRun = this.demand.isWanted && isOurs && this.#presence.isUsable && this.#isMediaUp;
    // The last picture is asked for before the stream ends, or there would be none.
    if (!shouldRun) void this.#tap.close();
    this.capture.want(shouldRun);
  }

  #followCapture(state: CaptureState): void {
    if (this.#isStopped) return;
    if (this.#isCapturing) void this.#tap.open();
    else void this.#tap.close();
    if (state.status === 'publishing') {
      this.#recovery.noteLive();
      // A mode that starves is left by a new run.
      if (this.#trial.noteFrames(state)) void this.capture.restart();
    }
    if (state.status === 'idle') this.#recovery.noteEvidence();
    // Why it failed is told when it is known.
    if (state.status !== 'failed') this.#tell();
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
    const { releasedUntil } = this.#row;
    if (releasedUntil === null || this.#isStopped) return;
    this.#reclaimTimer = setTimeout(() => this.reclaim(), Math.max(0, releasedUntil - this.#now()));
    this.#reclaimTimer.unref();
  }

  #learn(learned: LearnedModes): void {
    this.#keep({ ...this.#row, learned });
    this.#mode = this.#deps.chooseMode(this.#row);
    this.#tell();
  }

  /** On a full disk it is known until the service ends. */
  #keep(row: CameraRow): void {
    this.#row = row;
    try {
      this.#deps.keep(row);
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'what is known of a camera could not be kept');
    }
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

interface Captured {
  row: CameraRow;
  mode: VideoMode;
}

/** Whether the ffmpeg that captures it would be another one. A native H.264 camera takes no encoder settings, and no harm. */
function changesCapture(before: Captured, after: Captured): boolean {
  const key = ({ row: { node, settings }, mode }: Captured): string =>
    JSON.stringify([node, mode, settings.bitrate, settings.quality]);
  return key(before) !== key(after);
}

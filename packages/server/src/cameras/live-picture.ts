import type { Capture, CaptureEnd, CaptureState } from '../capture/capture.ts';
import type { PictureVerdict } from '../pictures/index.ts';
import type { LearnedModes } from '../store/cameras.ts';
import type { Explanation } from './camera-state.ts';
import { CameraTap, type CameraTapDeps } from './camera-tap.ts';
import type { CameraRecord } from './camera-record.ts';
import { ModeTrial } from './mode-trial.ts';
import { PictureCare } from './picture-care.ts';
import { Recovery, type Trouble } from './recovery.ts';
import { Repair, type RepairDeps } from './repair.ts';

/** What pictures of all cameras are made and mended with. */
export interface PictureMeans
  extends Pick<CameraTapDeps, 'taps' | 'rtspTarget' | 'hasPublisher'>, RepairDeps {}

export interface LivePictureDeps extends PictureMeans, Pick<CameraTapDeps, 'device' | 'onLastPicture'> {
  capture: Capture;
  record: CameraRecord;
  /** Whether the device is there and answers. */
  isThere: () => boolean;
  /** What is to be said of the picture has changed. */
  onChange: () => void;
  /** The picture went; why is known in a moment. */
  onLost: () => void;
  now: () => number;
}

/**
 * How one camera's picture becomes live and stays so: its capture, the service's own reader that proves it, the trial of
 * its mode, and what is done when it ends, starves or stands still. When it must be live is the camera's to say.
 */
export class LivePicture {
  readonly #deps: LivePictureDeps;
  readonly #capture: Capture;
  readonly #recovery = new Recovery();
  readonly #repair: Repair;
  readonly #tap: CameraTap;
  readonly #trial: ModeTrial;
  readonly #care: PictureCare;
  #liveSince: number | undefined;
  #isStopped = false;

  constructor(deps: LivePictureDeps) {
    const { capture, record } = deps;
    this.#deps = deps;
    this.#capture = capture;
    this.#trial = new ModeTrial({
      row: () => record.row,
      mode: () => record.mode,
      learn: (learned) => this.#learn(learned),
    });
    this.#repair = new Repair({
      ...deps,
      node: () => record.row.node,
      recovery: this.#recovery,
      lowerMode: (failure) => this.#trial.blame(failure),
    });
    this.#care = new PictureCare({
      isStillNormal: () => record.row.learned.isStillNormal,
      learnStillNormal: (isStillNormal) => this.#learn({ ...record.row.learned, isStillNormal }),
      restart: () => void capture.restart(),
    });
    this.#tap = new CameraTap({
      ...deps,
      isCapturing: () => this.#isCapturing,
      onEnd: () => this.#care.noteEnd(),
    });
    capture.onState((state) => this.#followCapture(state));
  }

  /** The service itself reads it back from MediaMTX. */
  get isLive(): boolean {
    return this.#tap.isLive;
  }

  /** Epoch milliseconds since when it is live. */
  get liveSince(): number | undefined {
    return this.isLive ? this.#liveSince : undefined;
  }

  /** Why it is not live although it is wanted. */
  get trouble(): Trouble | undefined {
    return this.#recovery.trouble;
  }

  /** What is seen in it that a person should know. */
  get condition(): 'frozen' | 'black' | undefined {
    return this.#care.condition;
  }

  /** Why it has another mode, or another rate, than was wanted. */
  get modeReason(): string | null {
    return this.#trial.reason;
  }

  /** The same as the reason of a state. */
  get note(): Explanation | undefined {
    return this.#trial.note;
  }

  /** Whether it is to be live; returns at once. */
  want(isWanted: boolean): void {
    // The last picture is asked for before the stream ends, or there would be none.
    if (!isWanted) void this.#tap.close();
    this.#capture.want(isWanted);
  }

  /** Something new is known of the device, so a remedy need not wait out its time. */
  noteEvidence(): void {
    this.#recovery.noteEvidence();
  }

  followTap(state: 'connecting' | 'live' | 'lost'): void {
    if (!this.#tap.follow(state)) return;
    if (this.isLive) {
      this.#liveSince = this.#deps.now();
      // The picture proves more than capture's next report, which may be half a second away.
      this.#recovery.noteLive();
    }
    // Its reader loses the picture a moment before capture says why.
    if (this.isLive || this.#capture.state.status !== 'publishing') this.#deps.onChange();
    else this.#deps.onLost();
  }

  /** What is seen in it while it is live. */
  followVerdict(verdict: PictureVerdict): void {
    this.#care.take(verdict);
    this.#deps.onChange();
  }

  /** For capture: what is done after an unexpected end; resolves when it may start again. */
  async recover(end: CaptureEnd, signal: AbortSignal): Promise<void> {
    // What the device's own probe says comes first: unplugged, dead, or nothing amiss.
    await this.#repair.look(end);
    if (signal.aborted) return;
    const plan = this.#recovery.fail(end);
    this.#deps.onChange();
    await this.#repair.carryOut(plan, end, signal);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#tap.close();
    await this.#capture.stop();
  }

  get #isCapturing(): boolean {
    const { status } = this.#capture.state;
    return !this.#isStopped && (status === 'starting' || status === 'publishing');
  }

  #followCapture(state: CaptureState): void {
    if (this.#isStopped) return;
    if (this.#isCapturing) void this.#tap.open();
    else void this.#tap.close();
    if (state.status === 'publishing') {
      this.#recovery.noteLive();
      // A mode that starves is left by a new run.
      if (this.#trial.noteFrames(state)) void this.#capture.restart();
    }
    if (state.status === 'idle') this.#recovery.noteEvidence();
    // Why it failed is told when it is known.
    if (state.status !== 'failed') this.#deps.onChange();
  }

  #learn(learned: LearnedModes): void {
    this.#deps.record.learn(learned);
    this.#deps.onChange();
  }
}

import type { Logger } from 'pino';
import type { Capture, CaptureState } from '../capture/capture.ts';
import type { DeviceCandidate, DeviceProblem, VideoMode } from '../devices/device.ts';
import type { CameraRow } from '../store/cameras.ts';
import type { Gop, TapPool } from '../taps/tap-pool.ts';
import type { RtspTarget } from '../mediamtx/media-server.ts';
import { delay } from '../process/delay.ts';
import { Demand } from './demand.ts';

export type CameraStatus = 'CONNECTED' | 'DISCONNECTED' | 'ERROR' | 'BUSY' | 'PROBING';

const busyReason = 'device busy';
const absenceReasons = {
  plugged: 'unplugged; it comes back by itself when it is plugged in again',
  test: 'not needed at present; camera.test_cameras says when there are test cameras',
};

/** How far the picture is on its way: `live` when the service itself reads it back from MediaMTX. */
export type Liveness = 'idle' | 'starting' | 'live' | 'stopping' | 'failed';

export interface CameraDeps {
  row: CameraRow;
  mode: VideoMode;
  makeCapture: (camera: Camera) => Capture;
  taps: Pick<TapPool, 'open' | 'close' | 'latest'>;
  /** Where the service reads the camera's path. */
  rtspTarget: () => RtspTarget;
  /** Whether MediaMTX has the camera's picture. */
  hasPublisher: () => Promise<boolean>;
  lingerMs: number;
  isAlwaysOn: boolean;
  /** Who has a device open, for the reason of BUSY; undefined where it can't be told. */
  whoHolds: (node: string) => Promise<{ pid: number; command: string } | undefined>;
  /** Called after any change of what the camera says of itself. */
  onChange: (camera: Camera) => void;
  /** The newest picture, when the camera stops being live. */
  onLastPicture: (camera: Camera, gop: Gop) => void;
  log: Logger;
}

/**
 * One camera: what it is, whether it is there, and whether it must be and is live. It decides when capture runs:
 * wanted (demand), present, usable, and MediaMTX there to publish to. Its number never changes.
 */
export class Camera {
  readonly device: string;
  readonly demand: Demand;
  readonly capture: Capture;
  readonly #deps: CameraDeps;
  #row: CameraRow;
  #mode: VideoMode;
  #isPresent = false;
  #goneAt: number | undefined;
  #problem: DeviceProblem | null = { status: 'PROBING', reason: 'the camera is being looked at' };
  #isMediaUp = false;
  #hasTap = false;
  #isWaitingForPublisher = false;
  #isTapLive = false;
  #liveSince: number | undefined;
  #failures = 0;
  #failure: string | undefined;
  #isStopped = false;

  constructor(deps: CameraDeps) {
    this.#deps = deps;
    this.#row = deps.row;
    this.#mode = deps.mode;
    this.device = `camera${deps.row.number}`;
    this.capture = deps.makeCapture(this);
    this.capture.onState((state) => this.#followCapture(state));
    this.demand = new Demand({ lingerMs: deps.lingerMs, onChange: () => this.#update() });
    if (deps.isAlwaysOn) this.demand.hold('always');
  }

  get row(): CameraRow {
    return this.#row;
  }

  /** The mode in which it is captured. */
  get mode(): VideoMode {
    return this.#mode;
  }

  get isPresent(): boolean {
    return this.#isPresent;
  }

  get isLive(): boolean {
    return this.#isTapLive;
  }

  /** Epoch milliseconds since when the picture is live. */
  get liveSince(): number | undefined {
    return this.#isTapLive ? this.#liveSince : undefined;
  }

  get liveness(): Liveness {
    if (this.#isTapLive) return this.demand.isWanted ? 'live' : 'stopping';
    const { status } = this.capture.state;
    if (this.#failure !== undefined) return 'failed';
    if (status === 'stopping') return 'stopping';
    return status === 'idle' ? 'idle' : 'starting';
  }

  get status(): CameraStatus {
    if (!this.#isPresent) return this.#problem?.status === 'PROBING' ? 'PROBING' : 'DISCONNECTED';
    if (this.#problem) return this.#problem.status;
    if (this.#failure === undefined) return 'CONNECTED';
    return this.#failure.startsWith(busyReason) ? 'BUSY' : 'ERROR';
  }

  get statusReason(): string | null {
    if (this.#problem && (this.#isPresent || this.#problem.status === 'PROBING')) return this.#problem.reason;
    if (!this.#isPresent) return absenceReasons[this.#row.kind === 'test' ? 'test' : 'plugged'];
    return this.#failure ?? null;
  }

  /** Why its capabilities could not be asked, in words. */
  get probeProblem(): string | null {
    return this.#isPresent && this.#problem?.status === 'ERROR' ? this.#problem.reason : null;
  }

  /** Epoch milliseconds at which it went; undefined while it is there. */
  get goneAt(): number | undefined {
    return this.#goneAt;
  }

  /** The device is there, as found; also when only its node or its problem changed. */
  appear(candidate: DeviceCandidate, row: CameraRow, mode: VideoMode): void {
    this.#row = row;
    this.#mode = mode;
    this.#isPresent = true;
    this.#goneAt = undefined;
    this.#problem = candidate.problem;
    this.#forgetFailure();
    this.#update();
    this.#deps.onChange(this);
  }

  disappear(now: number): void {
    if (!this.#isPresent && this.#problem === null) return;
    this.#isPresent = false;
    this.#problem = null;
    this.#goneAt = now;
    this.#forgetFailure();
    this.#update();
    this.#deps.onChange(this);
  }

  /** Whether there is a MediaMTX to publish to. */
  setMediaUp(isUp: boolean): void {
    if (isUp === this.#isMediaUp) return;
    this.#isMediaUp = isUp;
    this.#update();
  }

  followTap(state: 'connecting' | 'live' | 'lost'): void {
    const isLive = state === 'live' && this.#hasTap;
    if (isLive === this.#isTapLive) return;
    this.#isTapLive = isLive;
    if (isLive) {
      this.#liveSince = Date.now();
      // The picture proves more than capture's next report, which may be half a second away.
      this.#forgetFailure();
    }
    this.#deps.onChange(this);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.demand.stop();
    await this.#closeTap();
    await this.capture.stop();
  }

  #update(): void {
    if (this.#isStopped) return;
    const shouldRun =
      this.demand.isWanted && this.#isPresent && this.#isMediaUp && this.#problem?.status !== 'ERROR';
    // The last picture is asked for before the stream ends, or there would be none.
    if (!shouldRun) void this.#closeTap();
    this.capture.want(shouldRun);
  }

  #followCapture(state: CaptureState): void {
    if (this.#isStopped) return;
    if (this.#isCapturing) void this.#openTap();
    else void this.#closeTap();
    if (state.status === 'failed') this.#noteFailure(state.reason ?? 'capture failed');
    if (state.status === 'publishing' || state.status === 'idle') this.#forgetFailure();
    this.#deps.onChange(this);
  }

  /** One end that a restart mends at once is no state of the camera; MediaMTX's absence is none either. */
  #noteFailure(reason: string): void {
    if (reason.startsWith('the media server')) return;
    this.#failures++;
    const isBusy = reason.startsWith(busyReason);
    if (this.#failures < 2 && !isBusy) return;
    if (isBusy && this.#failure?.startsWith(busyReason)) return;
    this.#failure = reason;
    if (isBusy) void this.#tellHolder();
  }

  #forgetFailure(): void {
    this.#failures = 0;
    this.#failure = undefined;
  }

  async #tellHolder(): Promise<void> {
    const { node } = this.#row;
    const holder = node === null ? undefined : await this.#deps.whoHolds(node);
    if (!holder || !this.#failure?.startsWith(busyReason)) return;
    this.#failure = `${busyReason}: ${holder.command} (process ${holder.pid}) uses it`;
    this.#deps.onChange(this);
  }

  /**
   * Opens the tap as soon as MediaMTX has the picture, which is before capture tells its first frames. Not earlier: a
   * reader of a path without a publisher counts as a player that asks for the camera.
   */
  async #openTap(): Promise<void> {
    if (this.#hasTap || this.#isWaitingForPublisher) return;
    this.#isWaitingForPublisher = true;
    try {
      while (this.#isCapturing && !this.#hasTap) {
        // MediaMTX may be away for a moment; capture's own state tells when to give up.
        if (await this.#deps.hasPublisher().catch(() => false)) this.#attachTap();
        else await delay(30);
      }
    } finally {
      this.#isWaitingForPublisher = false;
    }
  }

  get #isCapturing(): boolean {
    const { status } = this.capture.state;
    return !this.#isStopped && (status === 'starting' || status === 'publishing');
  }

  #attachTap(): void {
    if (!this.#isCapturing) return;
    this.#hasTap = true;
    this.#deps.taps.open(this.device, this.#deps.rtspTarget());
  }

  async #closeTap(): Promise<void> {
    if (!this.#hasTap) return;
    this.#hasTap = false;
    const last = this.#isTapLive ? this.#deps.taps.latest(this.device, { timeoutMs: 0 }) : undefined;
    // The question goes to the reader's thread before the order to close, so it is answered still.
    this.#deps.taps.close(this.device);
    this.#isTapLive = false;
    const gop = await last;
    if (gop) this.#deps.onLastPicture(this, gop);
  }
}

import type { RtspTarget } from '../mediamtx/media-server.ts';
import { delay } from '../process/delay.ts';
import type { Gop, TapPool } from '../taps/tap-pool.ts';

export interface CameraTapDeps {
  device: string;
  taps: Pick<TapPool, 'open' | 'close' | 'latest'>;
  /** Where the service reads the camera's path. */
  rtspTarget: () => RtspTarget;
  /** Whether MediaMTX has the camera's picture. */
  hasPublisher: () => Promise<boolean>;
  isCapturing: () => boolean;
  onLastPicture: (gop: Gop) => void;
  /** It is live no more. */
  onEnd: () => void;
}

/** The service's own reader of one camera: what makes its picture count as live. */
export class CameraTap {
  readonly #deps: CameraTapDeps;
  #isOpen = false;
  #isWaitingForPublisher = false;
  #isLive = false;

  constructor(deps: CameraTapDeps) {
    this.#deps = deps;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** Takes the reader's state; whether that changed anything. */
  follow(state: 'connecting' | 'live' | 'lost'): boolean {
    const isLive = state === 'live' && this.#isOpen;
    if (isLive === this.#isLive) return false;
    this.#isLive = isLive;
    if (!isLive) this.#deps.onEnd();
    return true;
  }

  /**
   * Opens it as soon as MediaMTX has the picture, which is before capture tells its first frames. Not earlier: a reader
   * of a path without a publisher counts as a player that asks for the camera.
   */
  async open(): Promise<void> {
    const { hasPublisher, isCapturing } = this.#deps;
    if (this.#isOpen || this.#isWaitingForPublisher) return;
    this.#isWaitingForPublisher = true;
    try {
      while (isCapturing() && !this.#isOpen) {
        // MediaMTX may be away for a moment; capture's own state tells when to give up.
        if (await hasPublisher().catch(() => false)) this.#attach();
        else await delay(30);
      }
    } finally {
      this.#isWaitingForPublisher = false;
    }
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    const { taps, device, onLastPicture, onEnd } = this.#deps;
    this.#isOpen = false;
    const last = this.#isLive ? taps.latest(device, { timeoutMs: 0 }) : undefined;
    // The question goes to the reader's thread before the order to close, so it is answered still.
    taps.close(device);
    if (this.#isLive) onEnd();
    this.#isLive = false;
    const gop = await last;
    if (gop) onLastPicture(gop);
  }

  #attach(): void {
    if (!this.#deps.isCapturing()) return;
    this.#isOpen = true;
    this.#deps.taps.open(this.#deps.device, this.#deps.rtspTarget());
  }
}

const windowMs = 2_000;
/** Of the rate that the mode promises; a camera in the dark, or a busy machine, may take a little. */
const enough = 0.6;

interface Count {
  atMs: number;
  frames: number;
}

export interface MeasuredRate {
  /** Frames a second. */
  fps: number;
  isStarved: boolean;
}

/**
 * Measures the real rate of one run of capture, in windows of two seconds. One window may fall into a busy moment of the
 * machine, so a mode counts as starved only when two in a row say so; its rate is then that of both, since a few frames
 * are soon counted one too many. One good window ends the check.
 */
export class RateCheck {
  readonly #expectedFps: number;
  #start: Count | undefined;
  #windowStart: Count | undefined;
  #hasDoubt = false;
  #isOver = false;

  constructor(expectedFps: number) {
    this.#expectedFps = expectedFps;
  }

  /** Takes the count of frames since the start; gives the verdict once, when there is one. */
  take(frames: number, nowMs: number): MeasuredRate | undefined {
    if (this.#isOver) return undefined;
    const now = { atMs: nowMs, frames };
    this.#start ??= now;
    this.#windowStart ??= now;
    if (nowMs - this.#windowStart.atMs < windowMs) return undefined;
    const isSlow = rateBetween(this.#windowStart, now) < this.#expectedFps * enough;
    this.#windowStart = now;
    if (isSlow && !this.#hasDoubt) {
      this.#hasDoubt = true;
      return undefined;
    }
    this.#isOver = true;
    return { fps: Math.round(rateBetween(this.#start, now) * 10) / 10, isStarved: isSlow };
  }
}

function rateBetween(from: Count, to: Count): number {
  return ((to.frames - from.frames) * 1000) / (to.atMs - from.atMs);
}

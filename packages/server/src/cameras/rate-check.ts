const windowMs = 2_000;
/** Of the rate that the mode promises; a camera in the dark, or a busy machine, may take a little. */
const enough = 0.6;

export interface MeasuredRate {
  /** Frames a second. */
  fps: number;
  isStarved: boolean;
}

/**
 * Measures the real rate of one run of capture, in windows of two seconds. One window may fall into a busy moment of the
 * machine, so a mode counts as starved only when two in a row say so; one good window ends the check.
 */
export class RateCheck {
  readonly #expectedFps: number;
  #windowStart: { atMs: number; frames: number } | undefined;
  #hasDoubt = false;
  #isOver = false;

  constructor(expectedFps: number) {
    this.#expectedFps = expectedFps;
  }

  /** Takes the count of frames since the start; gives the verdict once, when there is one. */
  take(frames: number, nowMs: number): MeasuredRate | undefined {
    if (this.#isOver) return undefined;
    this.#windowStart ??= { atMs: nowMs, frames };
    const elapsedMs = nowMs - this.#windowStart.atMs;
    if (elapsedMs < windowMs) return undefined;
    const fps = ((frames - this.#windowStart.frames) * 1000) / elapsedMs;
    this.#windowStart = { atMs: nowMs, frames };
    const isSlow = fps < this.#expectedFps * enough;
    if (isSlow && !this.#hasDoubt) {
      this.#hasDoubt = true;
      return undefined;
    }
    this.#isOver = true;
    return { fps: Math.round(fps * 10) / 10, isStarved: isSlow };
  }
}

export interface ArrivalsOptions {
  /** How long nothing must come until a list counts as quiet, in milliseconds. */
  settleMs?: number;
  /** How long one device waits for that at most, in milliseconds. */
  maxWaitMs?: number;
}

/** When the devices of one list came, and so which of them have waited long enough for others. */
export class Arrivals {
  readonly #settleMs: number;
  readonly #maxWaitMs: number;
  readonly #cameAt = new Map<string, number>();
  #lastAt = -Infinity;

  constructor({ settleMs = 500, maxWaitMs = 1_000 }: ArrivalsOptions = {}) {
    this.#settleMs = settleMs;
    this.#maxWaitMs = maxWaitMs;
  }

  /** Takes the whole list of what is there; `nowMs` is a monotonic clock. */
  note(places: Iterable<string>, nowMs: number): void {
    const present = new Set(places);
    for (const place of this.#cameAt.keys()) if (!present.has(place)) this.#cameAt.delete(place);
    for (const place of present) {
      if (this.#cameAt.has(place)) continue;
      this.#cameAt.set(place, nowMs);
      this.#lastAt = nowMs;
    }
  }

  /** When a device has waited long enough, as things are. */
  dueAtMs(place: string): number {
    const cameAt = this.#cameAt.get(place) ?? this.#lastAt;
    return Math.min(this.#lastAt + this.#settleMs, cameAt + this.#maxWaitMs);
  }
}

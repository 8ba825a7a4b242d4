export interface FlapDetectorOptions {
  /** Losses within the window that make a camera a flapping one. */
  losses?: number;
  windowMs?: number;
  now?: () => number;
}

/** Whether a camera comes and goes so often that each time is no news any more. */
export class FlapDetector {
  readonly #losses: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  #lossTimes: number[] = [];

  constructor({ losses = 3, windowMs = 30_000, now = Date.now }: FlapDetectorOptions = {}) {
    this.#losses = losses;
    this.#windowMs = windowMs;
    this.#now = now;
  }

  get isFlapping(): boolean {
    return this.#recent().length >= this.#losses;
  }

  /** How long until it counts as steady if nothing more happens; 0 when it does. */
  get steadyInMs(): number {
    const decisive = this.#recent().at(-this.#losses);
    return decisive === undefined ? 0 : decisive + this.#windowMs - this.#now();
  }

  get detail(): string {
    return `lost ${this.#recent().length} times within ${this.#windowMs / 1000} s`;
  }

  noteLoss(): void {
    this.#lossTimes = [...this.#recent(), this.#now()];
  }

  #recent(): number[] {
    const since = this.#now() - this.#windowMs;
    return this.#lossTimes.filter((time) => time > since);
  }
}

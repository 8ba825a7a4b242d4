export interface BackoffOptions {
  firstMs: number;
  maxMs: number;
  factor?: number;
  /** 0 to 1; injected by tests. */
  random?: () => number;
}

/** Growing waits with full jitter in their upper half, so that many cameras of one hub don't return in step. */
export class Backoff {
  readonly #options: Required<BackoffOptions>;
  #nextMs: number;

  constructor(options: BackoffOptions) {
    this.#options = { factor: 2, random: Math.random, ...options };
    this.#nextMs = options.firstMs;
  }

  next(): number {
    const { factor, maxMs, random } = this.#options;
    const base = this.#nextMs;
    this.#nextMs = Math.min(base * factor, maxMs);
    return Math.round(base / 2 + (base / 2) * random());
  }

  reset(): void {
    this.#nextMs = this.#options.firstMs;
  }
}

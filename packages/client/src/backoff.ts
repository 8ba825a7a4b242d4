export interface BackoffOptions {
  firstMs: number;
  maxMs: number;
  /** 0 to 1; injected by tests. */
  random?: () => number;
}

/** Doubling waits with jitter in their upper half, so that many pages don't return to a restarted server in step. */
export class Backoff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #nextMs: number;

  constructor({ firstMs, maxMs, random = Math.random }: BackoffOptions) {
    this.#firstMs = firstMs;
    this.#maxMs = maxMs;
    this.#random = random;
    this.#nextMs = firstMs;
  }

  next(): number {
    const baseMs = this.#nextMs;
    this.#nextMs = Math.min(baseMs * 2, this.#maxMs);
    return Math.round(baseMs / 2 + (baseMs / 2) * this.#random());
  }

  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}

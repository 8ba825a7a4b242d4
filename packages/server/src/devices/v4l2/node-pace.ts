import { Backoff } from '../../process/backoff.ts';
import type { Standing } from './node-memory.ts';

/** How soon a node is tried again that we may not open yet. */
const PERMISSION_RETRY_MS = 200;
const RETRY = { firstMs: 500, maxMs: 5000 };

export interface NodePaceOptions {
  /** How long after the first probe of a camera a second one must agree with it. */
  confirmMs: number;
  /** 0 to 1; injected by tests. */
  random?: () => number;
}

/** How soon a node is to be asked again without any event: soon while something is open, else not on its account. */
export class NodePace {
  readonly #confirmMs: number;
  readonly #backoff: Backoff;

  constructor({ confirmMs, ...options }: NodePaceOptions) {
    this.#confirmMs = confirmMs;
    this.#backoff = new Backoff({ ...RETRY, ...options });
  }

  /** After an answer, in milliseconds; undefined: the next re-scan will do, or an answer is still awaited. */
  next(standing: Standing): number | undefined {
    if (standing === 'failed' || standing === 'contradictory') return this.#backoff.next();
    this.#backoff.reset();
    if (standing === 'provisional') return this.#confirmMs;
    return standing === 'denied' ? PERMISSION_RETRY_MS : undefined;
  }

  /** Something happened, which may have mended it. */
  reset(): void {
    this.#backoff.reset();
  }
}

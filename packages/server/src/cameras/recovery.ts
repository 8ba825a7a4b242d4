import type { CameraReason } from '@mediamtx-camera-service/protocol';
import { Backoff } from '../process/backoff.ts';
import { reasons, type Remedy } from './reasons.ts';

export interface Failure {
  code: CameraReason;
  /** In words for a person. */
  detail: string;
  /** How long capture ran before it. */
  ranMs: number;
}

/** A failure that is being mended. */
export interface Trouble {
  code: CameraReason;
  detail: string;
  /** Whether it lasts, so that a person is told ERROR. */
  isTold: boolean;
}

export interface Plan {
  remedy: Remedy;
  /** Before capture is started again. */
  waitMs: number;
}

export interface RecoveryOptions {
  /** A run of this length ends the row of failures. */
  healthyMs?: number;
  random?: () => number;
}

const firstWaitMs = 250;

/**
 * What is done about the failures of one camera, and at which pace. Failures in a row climb the ladder of their reason
 * (reasons.ts); the waits grow from nothing to a few seconds and no further. A healthy run, or evidence that the device
 * is back, ends the row, so the next try is at once.
 */
export class Recovery {
  readonly #options: Required<Pick<RecoveryOptions, 'healthyMs'>> & RecoveryOptions;
  #trouble: Trouble | undefined;
  #failuresInRow = 0;
  #failuresSinceLive = 0;
  #backoff: Backoff | undefined;
  #wake = new AbortController();

  constructor(options: RecoveryOptions = {}) {
    this.#options = { healthyMs: 10_000, ...options };
  }

  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** Aborts a wait when there is evidence that the device is back. */
  get wake(): AbortSignal {
    return this.#wake.signal;
  }

  fail({ code, detail, ranMs }: Failure): Plan {
    if (ranMs >= this.#options.healthyMs) this.#endRow();
    const { ladder, toldFrom, maxWaitMs } = reasons[code];
    this.#failuresInRow++;
    this.#failuresSinceLive++;
    this.#trouble = {
      code,
      // Who holds a busy device was looked up; the next failure says less.
      detail: this.#trouble?.code === code && code === 'busy' ? this.#trouble.detail : detail,
      isTold: this.#failuresSinceLive >= toldFrom,
    };
    const remedy = ladder[Math.min(this.#failuresInRow, ladder.length) - 1] ?? 'restart';
    if (this.#failuresInRow === 1) return { remedy, waitMs: 0 };
    const { random } = this.#options;
    this.#backoff ??= new Backoff({ firstMs: firstWaitMs, maxMs: maxWaitMs, ...(random && { random }) });
    return { remedy, waitMs: this.#backoff.next() };
  }

  /** Says the same trouble in better words, such as who holds the device. */
  explain(detail: string): void {
    if (this.#trouble) this.#trouble = { ...this.#trouble, detail };
  }

  /** The picture is there: nothing to tell, though the row only ends when it stays. */
  noteLive(): void {
    this.#trouble = undefined;
    this.#failuresSinceLive = 0;
  }

  /** The device came, answered, or is wanted no more: what was before says nothing of what comes. */
  noteEvidence(): void {
    this.noteLive();
    this.#endRow();
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  #endRow(): void {
    this.#failuresInRow = 0;
    this.#backoff = undefined;
  }
}

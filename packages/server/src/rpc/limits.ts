import { AppError } from '../errors.ts';

export interface LimitOptions {
  /** Calls a minute; 0: no limit. */
  ratePerMinute: number;
  /** Calls at once. */
  burst: number;
  maxInFlight: number;
}

const maxBudgets = 10_000;
// Calls in flight end when they end; this is only a pace for asking again.
const inFlightRetryMs = 100;

/** What one caller may spend: a token bucket for the rate, and a count of the calls that run. */
export class CallBudget {
  readonly #options: LimitOptions;
  readonly #perMs: number;
  #tokens: number;
  #filledAt: number;
  #inFlight = 0;

  constructor(options: LimitOptions, nowMs: number) {
    this.#options = options;
    this.#perMs = options.ratePerMinute / 60_000;
    this.#tokens = options.burst;
    this.#filledAt = nowMs;
  }

  /** Takes one call; throws `rate_limited` where there is none left. */
  spend(nowMs: number): void {
    if (this.#inFlight >= this.#options.maxInFlight) {
      throw rateLimited('too_many_in_flight', `${this.#inFlight} calls are running already`, inFlightRetryMs);
    }
    if (this.#perMs === 0) return;
    this.#fill(nowMs);
    if (this.#tokens < 1) {
      const waitMs = Math.ceil((1 - this.#tokens) / this.#perMs);
      throw rateLimited('too_many_calls', `more than ${this.#options.ratePerMinute} calls a minute`, waitMs);
    }
    this.#tokens -= 1;
  }

  /** Whether forgetting it would change nothing. */
  isUnused(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#inFlight === 0 && this.#tokens >= this.#options.burst;
  }

  callStarted(): void {
    this.#inFlight += 1;
  }

  callEnded(): void {
    this.#inFlight -= 1;
  }

  #fill(nowMs: number): void {
    // A clock that was set back fills nothing and takes nothing.
    const passedMs = Math.max(0, nowMs - this.#filledAt);
    this.#tokens = Math.min(this.#options.burst, this.#tokens + passedMs * this.#perMs);
    this.#filledAt = nowMs;
  }
}

/** Budgets of callers without a connection (POST), by who they are. */
export class CallBudgets {
  readonly #options: LimitOptions;
  readonly #budgets = new Map<string, CallBudget>();

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  of(key: string, nowMs: number): CallBudget {
    const present = this.#budgets.get(key);
    if (present) return present;
    if (this.#budgets.size >= maxBudgets) this.#dropUnused(nowMs);
    const budget = new CallBudget(this.#options, nowMs);
    this.#budgets.set(key, budget);
    return budget;
  }

  #dropUnused(nowMs: number): void {
    for (const [key, budget] of this.#budgets) if (budget.isUnused(nowMs)) this.#budgets.delete(key);
  }
}

function rateLimited(reason: string, details: string, retryAfterMs: number): AppError {
  return new AppError('rate_limited', {
    reason,
    details,
    suggestion: `try again in ${retryAfterMs} ms`,
    retry_after_ms: retryAfterMs,
  });
}

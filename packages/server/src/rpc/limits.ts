import { AppError } from '../errors.ts';
import { addressKey } from './client-address.ts';

export interface LimitOptions {
  /** Calls a minute; 0: no limit. */
  ratePerMinute: number;
  /** Calls at once. */
  burst: number;
  maxInFlight: number;
}

const maxBudgets = 10_000;
// So many at once, that making room for one more is cheap also while all are in use.
const madeRoom = 1_000;
// Calls in flight end when they end; this is only a pace for asking again.
const inFlightRetryMs = 100;

/** What a session spends its calls from. */
export interface Budget {
  /** Takes one call; throws `rate_limited` where there is none left. */
  spend(nowMs: number): void;
  callStarted(): void;
  callEnded(): void;
}

/** What one caller may spend: a token bucket for the rate, and a count of the calls that run. The options may change. */
export class CallBudget implements Budget {
  readonly #options: LimitOptions;
  #tokens: number;
  #filledAt: number;
  #inFlight = 0;

  constructor(options: LimitOptions, nowMs: number) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#filledAt = nowMs;
  }

  spend(nowMs: number): void {
    if (this.#inFlight >= this.#options.maxInFlight) {
      throw rateLimited('too_many_in_flight', `${this.#inFlight} calls are running already`, inFlightRetryMs);
    }
    if (this.#options.ratePerMinute === 0) return;
    this.#fill(nowMs);
    if (this.#tokens < 1) {
      const waitMs = Math.ceil(((1 - this.#tokens) * 60_000) / this.#options.ratePerMinute);
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
    const { burst, ratePerMinute } = this.#options;
    this.#tokens = Math.min(burst, this.#tokens + (passedMs * ratePerMinute) / 60_000);
    this.#filledAt = nowMs;
  }
}

/** Budgets by who spends; at most 10,000, of which the oldest are forgotten first. */
export class CallBudgets {
  readonly #options: LimitOptions;
  readonly #budgets = new Map<string, CallBudget>();

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  of(key: string, nowMs: number): CallBudget {
    const present = this.#budgets.get(key);
    if (present) return present;
    if (this.#budgets.size >= maxBudgets) this.#makeRoom(nowMs);
    const budget = new CallBudget(this.#options, nowMs);
    this.#budgets.set(key, budget);
    return budget;
  }

  #makeRoom(nowMs: number): void {
    for (const [key, budget] of this.#budgets) if (budget.isUnused(nowMs)) this.#budgets.delete(key);
    if (this.#budgets.size <= maxBudgets - madeRoom) return;
    for (const [key] of [...this.#budgets].slice(0, madeRoom)) this.#budgets.delete(key);
  }
}

/** What all that comes from one address may spend: requests, upgrades and calls alike, whoever makes them. */
export class AddressBudgets {
  readonly #budgets: CallBudgets;

  /** `ratePerMinute` is asked each time; 0: no limit. Ten seconds' worth may come at once. */
  constructor(ratePerMinute: () => number) {
    this.#budgets = new CallBudgets({
      get ratePerMinute() {
        return ratePerMinute();
      },
      get burst() {
        return Math.max(1, Math.ceil(ratePerMinute() / 6));
      },
      maxInFlight: Number.POSITIVE_INFINITY,
    });
  }

  /** Throws `rate_limited` for an address that has no call left. */
  spend(address: string, nowMs: number): void {
    this.#budgets.of(addressKey(address), nowMs).spend(nowMs);
  }
}

/** A caller's own budget, of which each call also counts for the address that it comes from. */
export function alsoOfAddress(own: Budget, address: string, addresses: AddressBudgets | undefined): Budget {
  if (!addresses) return own;
  return {
    spend: (nowMs) => {
      own.spend(nowMs);
      addresses.spend(address, nowMs);
    },
    callStarted: () => own.callStarted(),
    callEnded: () => own.callEnded(),
  };
}

function rateLimited(reason: string, details: string, retryAfterMs: number): AppError {
  return new AppError('rate_limited', {
    reason,
    details,
    suggestion: `try again in ${retryAfterMs} ms`,
    retry_after_ms: retryAfterMs,
  });
}

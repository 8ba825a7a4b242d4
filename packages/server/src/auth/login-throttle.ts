import { AppError } from '../errors.ts';
import { addressKey } from '../rpc/client-address.ts';
import { FailureCounts } from './failure-counts.ts';

const maxKnownUsers = 1_000;
const maxKnownAddresses = 50;

export interface LoginAttempt {
  remoteAddress: string;
  user: string;
}

export interface LoginThrottleDeps {
  /** Milliseconds of a clock that nobody sets. */
  now?: () => number;
  /** Addresses and users that are remembered at most, each. */
  maxEntries?: number;
}

/**
 * Slows the guessing of passwords: failures are counted by address and by user, and five in a minute lock for a while
 * that doubles. Guesses from anywhere can't lock a user out at an address from which the user has logged in before:
 * there the failures of this one user at this one address count instead. A login that succeeds forgets that count of
 * this user alone: if it forgot the address's, one valid account would buy endless guesses at all others. An address
 * forgets by time, and soon, since a household may share it: a minute without failures halves its lock.
 */
export class LoginThrottle {
  readonly #addresses: FailureCounts;
  readonly #users: FailureCounts;
  /** Of users at their own addresses. */
  readonly #usersAtHome: FailureCounts;
  /** By user; the addresses that have seen a login since the start. */
  readonly #known = new Map<string, Set<string>>();

  constructor({ now = () => performance.now(), maxEntries = 10_000 }: LoginThrottleDeps = {}) {
    this.#addresses = new FailureCounts({ now, maxEntries, halvesAfterMs: 60_000 });
    this.#users = new FailureCounts({ now, maxEntries });
    this.#usersAtHome = new FailureCounts({ now, maxEntries });
  }

  /**
   * Runs the check unless it is locked; undefined from it is a failure, a throw is neither. Throws `rate_limited` with
   * `retry_after_ms` before anything is checked.
   */
  async guard<T>(attempt: LoginAttempt, check: () => Promise<T | undefined>): Promise<T | undefined> {
    const address = addressKey(attempt.remoteAddress);
    const user = attempt.user.toLowerCase();
    const isHome = this.#known.get(user)?.has(address) ?? false;
    const [users, userKey] = isHome ? [this.#usersAtHome, `${address} ${user}`] : [this.#users, user];
    const waitMs = Math.max(this.#addresses.lockedFor(address), users.lockedFor(userKey));
    if (waitMs > 0) throw tooManyFailures(waitMs);
    const endAddress = this.#addresses.begin(address);
    const endUser = users.begin(userKey);
    try {
      const result = await check();
      endAddress(result === undefined ? 'failed' : 'undecided');
      endUser(result === undefined ? 'failed' : 'succeeded');
      if (result !== undefined) this.#know(user, address);
      return result;
    } finally {
      endAddress('undecided');
      endUser('undecided');
    }
  }

  #know(user: string, address: string): void {
    const addresses = this.#known.get(user) ?? new Set();
    // Taken out and put in again, so that what was not used for longest stands first.
    addresses.delete(address);
    addresses.add(address);
    dropFirst(addresses, maxKnownAddresses);
    this.#known.delete(user);
    this.#known.set(user, addresses);
    dropFirst(this.#known, maxKnownUsers);
  }
}

function dropFirst(collection: Set<string> | Map<string, unknown>, maxSize: number): void {
  for (const key of collection.keys()) {
    if (collection.size <= maxSize) return;
    collection.delete(key);
  }
}

function tooManyFailures(waitMs: number): AppError {
  const retryAfterMs = Math.ceil(waitMs);
  return new AppError('rate_limited', {
    reason: 'too_many_failed_logins',
    details: 'too many wrong passwords',
    suggestion: `try again in ${Math.ceil(retryAfterMs / 1000)} s`,
    retry_after_ms: retryAfterMs,
  });
}

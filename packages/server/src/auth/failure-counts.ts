/** Failures within this time lock. */
const windowMs = 60_000;
const maxFailures = 5;
const firstLockMs = 10_000;
const longestLockMs = 5 * 60_000;
/** Without a failure for so long after the last lock's end it begins anew. */
const forgottenAfterMs = 15 * 60_000;
/** A lock that is only feared, since checks are running that may all fail. */
const pendingRetryMs = 1_000;

interface Entry {
  /** Times of the failures that may still lock, oldest first; at most five. */
  failures: number[];
  /** Checks that have not ended. */
  pending: number;
  lockedUntil: number;
  /** Of the last lock; 0: there was none. */
  lockMs: number;
}

export type Outcome = 'failed' | 'succeeded' | 'undecided';

export interface FailureCountsOptions {
  /** Milliseconds. */
  now: () => number;
  maxEntries: number;
  /** Each such time without a failure after a lock's end halves it, below 10 s it is over; default: 15 minutes end it. */
  halvesAfterMs?: number;
}

/**
 * Failures by key: the fifth within a minute locks the key for 10 s, each further one doubles that up to 5 minutes.
 * Bounded: beyond `maxEntries` the oldest that has never been locked makes room, so that a flood of new keys frees no
 * locked one.
 */
export class FailureCounts {
  readonly #now: () => number;
  readonly #maxEntries: number;
  readonly #halvesAfterMs: number | undefined;
  /** What was touched last stands last. */
  readonly #entries = new Map<string, Entry>();

  constructor({ now, maxEntries, halvesAfterMs }: FailureCountsOptions) {
    this.#now = now;
    this.#maxEntries = maxEntries;
    this.#halvesAfterMs = halvesAfterMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Milliseconds until the key may be tried; 0: now. */
  lockedFor(key: string): number {
    const now = this.#now();
    const entry = this.#find(key, now);
    if (!entry) return 0;
    if (entry.lockedUntil > now) return entry.lockedUntil - now;
    // Tries that are sent all at once must not be more than those that are sent one by one.
    const mayFail = this.#lockLeft(entry, now) > 0 ? 1 : maxFailures - recent(entry, now);
    return entry.pending >= mayFail ? pendingRetryMs : 0;
  }

  /** A check begins; the function that is returned tells how it ended, and of its calls only the first counts. */
  begin(key: string): (outcome: Outcome) => void {
    const entry = this.#find(key, this.#now()) ?? { failures: [], pending: 0, lockedUntil: 0, lockMs: 0 };
    entry.pending += 1;
    this.#touch(key, entry);
    let hasEnded = false;
    return (outcome) => {
      if (hasEnded) return;
      hasEnded = true;
      entry.pending -= 1;
      if (outcome === 'failed') this.#fail(key, entry);
      else if (outcome === 'succeeded') forget(entry);
      if (entry.pending === 0 && isClean(entry) && this.#entries.get(key) === entry)
        this.#entries.delete(key);
    };
  }

  #fail(key: string, entry: Entry): void {
    const now = this.#now();
    entry.failures = [...entry.failures.filter((at) => at > now - windowMs), now].slice(-maxFailures);
    entry.lockMs = this.#lockLeft(entry, now);
    if (entry.lockMs > 0) entry.lockMs = Math.min(entry.lockMs * 2, longestLockMs);
    else if (entry.failures.length >= maxFailures) entry.lockMs = firstLockMs;
    if (entry.lockMs > 0) entry.lockedUntil = now + entry.lockMs;
    this.#touch(key, entry);
  }

  #touch(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#maxEntries) this.#makeRoom(key);
  }

  #makeRoom(newest: string): void {
    const now = this.#now();
    for (const [key, entry] of this.#entries) if (this.#isForgotten(entry, now)) this.#entries.delete(key);
    if (this.#entries.size <= this.#maxEntries) return;
    let leastHarmful: string | undefined;
    for (const [key, entry] of this.#entries) {
      if (key === newest) continue;
      leastHarmful ??= key;
      if (entry.lockMs > 0) continue;
      leastHarmful = key;
      break;
    }
    if (leastHarmful !== undefined) this.#entries.delete(leastHarmful);
  }

  #find(key: string, now: number): Entry | undefined {
    const entry = this.#entries.get(key);
    if (!entry || !this.#isForgotten(entry, now)) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #isForgotten(entry: Entry, now: number): boolean {
    return entry.pending === 0 && this.#lockLeft(entry, now) === 0 && recent(entry, now) === 0;
  }

  /** The lock that the next failure doubles: the last one, less what time has taken from it. */
  #lockLeft({ lockMs, lockedUntil }: Entry, now: number): number {
    const quietMs = now - lockedUntil;
    if (lockMs === 0 || quietMs <= 0) return lockMs;
    if (this.#halvesAfterMs === undefined) return quietMs < forgottenAfterMs ? lockMs : 0;
    const left = lockMs / 2 ** Math.floor(quietMs / this.#halvesAfterMs);
    return left < firstLockMs ? 0 : left;
  }
}

function recent(entry: Entry, now: number): number {
  return entry.failures.filter((at) => at > now - windowMs).length;
}

function forget(entry: Entry): void {
  Object.assign(entry, { failures: [], lockedUntil: 0, lockMs: 0 });
}

function isClean(entry: Entry): boolean {
  return entry.failures.length === 0 && entry.lockMs === 0;
}

import { createHash, randomBytes } from 'node:crypto';
import { isExpired, type Identity } from './identity.ts';

const lifetimeMs = 10 * 60_000;
const maxCodes = 1_000;

interface Entry {
  identity: Identity;
  expiresAt: number;
}

/**
 * Codes for `GET /login?code=…`: in memory, good once and for 10 minutes. Kept by their hash, so that finding one
 * tells nothing about the codes by its time.
 */
export class LoginCodes {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor({ now = Date.now }: { now?: () => number } = {}) {
    this.#now = now;
  }

  create(identity: Identity): string {
    this.#dropOld();
    const code = randomBytes(32).toString('base64url');
    this.#entries.set(hash(code), { identity, expiresAt: this.#now() + lifetimeMs });
    return code;
  }

  /** The identity that the code was made for; undefined for one that is unknown, used or too old. */
  redeem(code: string): Identity | undefined {
    const key = hash(code);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    const now = this.#now();
    return entry.expiresAt > now && !isExpired(entry.identity, now) ? entry.identity : undefined;
  }

  #dropOld(): void {
    for (const [key, { expiresAt }] of this.#entries) {
      // Entries stand in the order of their making, so the first young one ends the search.
      if (expiresAt > this.#now() && this.#entries.size < maxCodes) break;
      this.#entries.delete(key);
    }
  }
}

function hash(code: string): string {
  return createHash('sha256').update(code).digest('base64url');
}

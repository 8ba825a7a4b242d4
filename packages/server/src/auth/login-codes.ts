import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '@mediamtx-camera-service/protocol';
import type { LoginCodeStore } from '../store/login-codes.ts';
import { isExpired, type Identity } from './identity.ts';

/** Of the ids of logins by a one-time link, so that wherever such a login is used it is told from others. */
export const linkLoginPrefix = 'link-';

const lifetimeMs = 10 * 60_000;
const maxCodes = 1_000;

/**
 * Codes for `GET /login?code=…`, good once and for 10 minutes. They are in the database, so that the command line can
 * make one while the service runs; by their hash, so that neither the file nor the time of a look-up tells them.
 */
export class LoginCodes {
  readonly #store: LoginCodeStore;
  readonly #now: () => number;

  constructor({ store, now = Date.now }: { store: LoginCodeStore; now?: () => number }) {
    this.#store = store;
    this.#now = now;
  }

  create(identity: Identity): string {
    const code = randomBytes(32).toString('base64url');
    const expiresAt = this.#now() + lifetimeMs;
    this.#store.add({ hash: hash(code), identity: JSON.stringify(identity), expires_at: expiresAt });
    this.prune();
    return code;
  }

  /** For whoever sits at the machine; `lifetimeMs`: how long the login that it opens lasts at most. */
  createLocal({ role, lifetimeMs: lastsMs }: { role: Role; lifetimeMs: number }): string {
    const basis = { kind: 'login', loginId: linkLoginPrefix + randomUUID() } as const;
    return this.create({ user: 'local', role, method: 'session', expiresAt: this.#now() + lastsMs, basis });
  }

  /** The identity that the code was made for; undefined for one that is unknown, used or too old. */
  redeem(code: string): Identity | undefined {
    const row = this.#store.take(hash(code));
    if (row === undefined) return undefined;
    const now = this.#now();
    const identity = JSON.parse(row.identity) as Identity;
    return row.expires_at > now && !isExpired(identity, now) ? identity : undefined;
  }

  /** Removes what is too old, and the oldest where there are too many. */
  prune(): void {
    this.#store.prune(this.#now(), maxCodes);
  }
}

function hash(code: string): string {
  return createHash('sha256').update(code).digest('base64url');
}

/** `httpUrl` ends with a slash. */
export function loginUrl(httpUrl: string, code: string): string {
  return `${httpUrl}login?code=${code}`;
}

import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { ApiKeyRow, ApiKeyStore } from '../store/api-keys.ts';
import type { EndedLoginStore } from '../store/ended-logins.ts';
import { isDiskFull } from '../store/storage-error.ts';
import type { UserStore } from '../store/users.ts';
import type { Identity } from './identity.ts';
import { expiredError, type Tokens } from './tokens.ts';

export const apiKeyPrefix = 'csk_';
const usedStepMs = 60_000;
/** No token of a user and no cookie lives longer, so an ended login of theirs is forgotten after this. */
const longestLoginMs = 366 * 86_400_000;

export interface CredentialsDeps {
  tokens: Pick<Tokens, 'verify'>;
  users: UserStore;
  keys: ApiKeyStore;
  ended: EndedLoginStore;
  now?: () => number;
}

/**
 * Whose a token or an API key is, and whether what an identity stands on still stands. Whoever holds an identity
 * longer than a call asks `current` anew at every change: sockets, open media, the users of MediaMTX.
 */
export class Credentials {
  readonly #deps: CredentialsDeps;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();

  constructor(deps: CredentialsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  /** Throws `authentication_failed` with reason `expired`, `invalid`, `unknown_role`, `unknown_key` or `ended`. */
  async verify(token: string, type: 'jwt' | 'api_key' | 'auto' = 'auto'): Promise<Identity> {
    const isKey = type === 'api_key' || (type === 'auto' && token.startsWith(apiKeyPrefix));
    if (isKey) return this.#verifyKey(token);
    const identity = this.current(await this.#deps.tokens.verify(token));
    if (identity) return identity;
    throw endedError();
  }

  /** The identity with the rights that it has now; undefined once what it stands on has ended. */
  current(identity: Identity): Identity | undefined {
    const { basis, sessionId } = identity;
    if (sessionId !== undefined && this.#deps.ended.has(sessionId)) return undefined;
    if (basis.kind === 'api_key') return this.#currentKey(identity, basis);
    if (this.#deps.ended.has(basis.loginId)) return undefined;
    if (basis.kind === 'login') return identity;
    const user = this.#deps.users.find(identity.user);
    if (!user) return undefined;
    const { generation, kept_login: keptLogin } = user;
    if (generation !== basis.generation && keptLogin !== basis.loginId) return undefined;
    return withRights({ ...identity, basis: { ...basis, generation } }, user);
  }

  /** Who a key's secret is now, by its hash or how that begins; undefined once the key or that secret has ended. */
  ofKey(keyId: string, hashStart: string): Identity | undefined {
    const row = this.#deps.keys.find(keyId);
    const hash = [row?.hash, row?.previous_hash].find((known) => known?.startsWith(hashStart));
    if (!row || typeof hash !== 'string') return undefined;
    return this.#currentKey(keyIdentity(row, hash), { keyId, hash });
  }

  /**
   * Ends the login that the identity stands on, wherever it is used. Of a browser's cookie only the cookie and what
   * came from it end, not what it was made from; an API key stays.
   */
  endLogin({ basis, sessionId }: Identity): void {
    const loginId = sessionId ?? (basis.kind === 'api_key' ? undefined : basis.loginId);
    if (loginId === undefined) return;
    // Other tokens of a login may live longer than this one; of one that was made elsewhere nobody knows how long.
    const hasBound = sessionId !== undefined || basis.kind === 'user';
    this.#deps.ended.add(loginId, hasBound ? this.#now() + longestLoginMs : Number.MAX_SAFE_INTEGER);
    this.noteChange();
  }

  /** Told after users, keys or logins changed, by whomever. @returns takes the listener away */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  noteChange(): void {
    for (const listener of this.#listeners) listener();
  }

  #verifyKey(key: string): Identity {
    const hash = hashKey(key);
    const row = this.#deps.keys.findByHash(hash);
    if (!row) throw unknownKey();
    const identity = this.#currentKey(keyIdentity(row, hash), { keyId: row.key_id, hash });
    if (!identity) throw endedError();
    const now = this.#now();
    if (identity.expiresAt !== null && identity.expiresAt <= now) throw expiredError();
    if (now - (row.last_used_at ?? 0) >= usedStepMs) this.#noteUse(row.key_id, now);
    return identity;
  }

  #noteUse(keyId: string, at: number): void {
    try {
      this.#deps.keys.noteUse(keyId, at);
    } catch (error) {
      // Who may no longer write because the disk is full must still get in to make room.
      if (!isDiskFull(error)) throw error;
    }
  }

  #currentKey(identity: Identity, { keyId, hash }: { keyId: string; hash: string }): Identity | undefined {
    const row = this.#deps.keys.find(keyId);
    if (!row || row.revoked_at !== null) return undefined;
    if (row.hash === hash) return withRights({ ...identity, expiresAt: row.expires_at }, row);
    const isPrevious = row.previous_hash === hash && (row.previous_until ?? 0) > this.#now();
    return isPrevious ? withRights({ ...identity, expiresAt: previousEnd(row) }, row) : undefined;
  }
}

function keyIdentity({ name: user, role, key_id: keyId }: ApiKeyRow, hash: string): Identity {
  return { user, role, method: 'api_key', expiresAt: null, basis: { kind: 'api_key', keyId, hash } };
}

/** SHA-256 in base64: a random key of 256 bits needs no slow hash. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('base64');
}

function previousEnd(row: ApiKeyRow): number {
  return Math.min(row.previous_until ?? 0, row.expires_at ?? Number.POSITIVE_INFINITY);
}

function withRights(identity: Identity, { role, cameras }: Pick<ApiKeyRow, 'role' | 'cameras'>): Identity {
  const { cameras: _, ...rest } = identity;
  return { ...rest, role, ...(cameras !== null && { cameras: JSON.parse(cameras) as string[] }) };
}

function unknownKey(): AppError {
  return new AppError('authentication_failed', {
    reason: 'unknown_key',
    details: 'the API key is not known',
    suggestion: 'send a key that create_api_key has made',
  });
}

export function endedError(): AppError {
  return new AppError('authentication_failed', {
    reason: 'ended',
    details: 'the login was ended, or what it stood on was revoked',
    suggestion: 'log in again',
  });
}

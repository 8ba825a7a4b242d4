import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { ApiKeyRow, ApiKeyStore } from '../store/api-keys.ts';
import type { EndedLoginStore } from '../store/ended-logins.ts';
import type { UserStore } from '../store/users.ts';
import type { Identity } from './identity.ts';
import { expiredError, type Tokens } from './tokens.ts';

export const apiKeyPrefix = 'csk_';
const usedStepMs = 60_000;
/** A login without an end of its own is forgotten as ended after this. */
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
    const { basis } = identity;
    if (basis.kind === 'api_key') return this.#currentKey(identity, basis);
    if (this.#deps.ended.has(basis.loginId)) return undefined;
    if (basis.kind === 'login') return identity;
    const user = this.#deps.users.find(identity.user);
    if (user?.generation !== basis.generation) return undefined;
    return withRights(identity, user);
  }

  /** Ends the login that the identity stands on, wherever it is used; an API key stays. */
  endLogin(identity: Identity): void {
    if (identity.basis.kind === 'api_key') return;
    const until = identity.expiresAt ?? this.#now() + longestLoginMs;
    this.#deps.ended.add(identity.basis.loginId, until);
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
    const identity = this.#currentKey(
      {
        user: row.name,
        role: row.role,
        method: 'api_key',
        expiresAt: null,
        basis: { kind: 'api_key', keyId: row.key_id, hash },
      },
      { keyId: row.key_id, hash },
    );
    if (!identity) throw endedError();
    const now = this.#now();
    if (identity.expiresAt !== null && identity.expiresAt <= now) throw expiredError();
    if (now - (row.last_used_at ?? 0) >= usedStepMs) this.#deps.keys.update({ ...row, last_used_at: now });
    return identity;
  }

  #currentKey(identity: Identity, { keyId, hash }: { keyId: string; hash: string }): Identity | undefined {
    const row = this.#deps.keys.find(keyId);
    if (!row || row.revoked_at !== null) return undefined;
    if (row.hash === hash) return withRights({ ...identity, expiresAt: row.expires_at }, row);
    const isPrevious = row.previous_hash === hash && (row.previous_until ?? 0) > this.#now();
    return isPrevious ? withRights({ ...identity, expiresAt: previousEnd(row) }, row) : undefined;
  }
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

function endedError(): AppError {
  return new AppError('authentication_failed', {
    reason: 'ended',
    details: 'the login was ended, or what it stood on was revoked',
    suggestion: 'log in again',
  });
}

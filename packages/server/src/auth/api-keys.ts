import { randomBytes } from 'node:crypto';
import type { Role } from '@mediamtx-camera-service/protocol';
import { AppError, notFound } from '../errors.ts';
import type { ApiKeyRow, ApiKeyStore } from '../store/api-keys.ts';
import { camerasOfRow, camerasToRow, checkCameras, checkWithin } from './camera-limit.ts';
import { apiKeyPrefix, hashKey } from './credentials.ts';
import type { Identity } from './identity.ts';
import { changeRights, type RightsKeeperDeps } from './rights-change.ts';

export interface ApiKeysDeps extends RightsKeeperDeps {
  store: ApiKeyStore;
}

export interface NewApiKey {
  name: string;
  role: Role;
  /** null: all. */
  cameras: string[] | null;
  /** Epoch milliseconds; null: never. */
  expiresAt: number | null;
}

/** A key as it is told once: only its hash is kept. */
export interface ToldKey {
  row: ApiKeyRow;
  key: string;
}

/**
 * API keys of programs. `by` is who asks: one who is limited to some cameras can neither give more than that nor touch a
 * key that has more; absent: the command line, which may do all. Whatever changes is told to `credentials` at once.
 */
export class ApiKeys {
  readonly #deps: ApiKeysDeps;
  readonly #now: () => number;

  constructor(deps: ApiKeysDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  /** Revoked ones too, newest first. */
  list(): ApiKeyRow[] {
    return this.#deps.store.list();
  }

  /** Throws `not_found` for a camera. */
  create({ name, role, cameras, expiresAt }: NewApiKey, by?: Identity): ToldKey {
    checkCameras(cameras, this.#deps.cameras, by);
    const key = newKey();
    const row: ApiKeyRow = {
      key_id: `key_${randomBytes(9).toString('base64url')}`,
      name,
      role,
      cameras: camerasToRow(cameras),
      hash: hashKey(key),
      previous_hash: null,
      previous_until: null,
      created_at: this.#now(),
      expires_at: expiresAt,
      last_used_at: null,
      revoked_at: null,
    };
    changeRights(this.#deps, () => this.#deps.store.add(row));
    return { row, key };
  }

  /** A new secret; the old one works for `graceSeconds` more. Throws `not_found`, `invalid_state`. */
  rotate(keyId: string, graceSeconds: number, by?: Identity): ToldKey {
    const key = newKey();
    const row = this.#change(keyId, by, (before) => {
      const now = this.#now();
      refuseEnded(before, now);
      const hasGrace = graceSeconds > 0;
      return {
        ...before,
        hash: hashKey(key),
        previous_hash: hasGrace ? before.hash : null,
        previous_until: hasGrace ? now + graceSeconds * 1000 : null,
      };
    });
    return { row, key };
  }

  /** Ends it with both of its secrets. Throws `not_found`; to revoke it again changes nothing. */
  revoke(keyId: string, by?: Identity): ApiKeyRow {
    return this.#change(keyId, by, (before) => ({ ...before, revoked_at: before.revoked_at ?? this.#now() }));
  }

  #change(keyId: string, by: Identity | undefined, change: (row: ApiKeyRow) => ApiKeyRow): ApiKeyRow {
    const { store } = this.#deps;
    return changeRights(this.#deps, () => {
      const before = store.find(keyId);
      if (!before) throw notFound('api_key', keyId, 'list_api_keys tells the keys');
      checkWithin(camerasOfRow(before.cameras), by, `the rights of the key ${before.name}`);
      const after = change(before);
      store.update(after);
      return after;
    });
  }
}

function newKey(): string {
  return apiKeyPrefix + randomBytes(32).toString('base64url');
}

function refuseEnded(
  { key_id: keyId, revoked_at: revokedAt, expires_at: expiresAt }: ApiKeyRow,
  now: number,
): void {
  const state =
    revokedAt !== null ? 'revoked' : expiresAt !== null && expiresAt <= now ? 'expired' : undefined;
  if (state === undefined) return;
  throw new AppError('invalid_state', {
    reason: `key_${state}`,
    details: `the API key ${keyId} is ${state}`,
    suggestion: 'make a new one by create_api_key',
    state,
    allowed_states: ['valid'],
  });
}

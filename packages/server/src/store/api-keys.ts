import type { Role } from '@mediamtx-camera-service/protocol';
import type { Database } from './database.ts';

export interface ApiKeyRow {
  key_id: string;
  name: string;
  role: Role;
  /** JSON array of devices; null: all. */
  cameras: string | null;
  /** SHA-256 of the whole key, base64: the form that MediaMTX takes too. */
  hash: string;
  /** Of the key before its rotation, good until `previous_until`. */
  previous_hash: string | null;
  previous_until: number | null;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
}

/** API keys, revoked ones too. */
export class ApiKeyStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  find(keyId: string): ApiKeyRow | undefined {
    return this.#db.prepare('SELECT * FROM api_keys WHERE key_id = ?').get(keyId) as ApiKeyRow | undefined;
  }

  /** By its present or its previous hash. */
  findByHash(hash: string): ApiKeyRow | undefined {
    return this.#db.prepare('SELECT * FROM api_keys WHERE hash = ? OR previous_hash = ?').get(hash, hash) as
      | ApiKeyRow
      | undefined;
  }

  /** Newest first. */
  list(): ApiKeyRow[] {
    return this.#db
      .prepare('SELECT * FROM api_keys ORDER BY created_at DESC, rowid DESC')
      .all() as ApiKeyRow[];
  }

  add(row: ApiKeyRow): void {
    this.#db
      .prepare(
        `INSERT INTO api_keys (key_id, name, role, cameras, hash, previous_hash, previous_until, created_at, expires_at,
           last_used_at, revoked_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        row.key_id,
        row.name,
        row.role,
        row.cameras,
        row.hash,
        row.previous_hash,
        row.previous_until,
        row.created_at,
        row.expires_at,
        row.last_used_at,
        row.revoked_at,
      );
  }

  /** Its secrets and whether it is revoked. */
  update(row: ApiKeyRow): void {
    this.#db
      .prepare(
        'UPDATE api_keys SET hash = ?, previous_hash = ?, previous_until = ?, revoked_at = ? WHERE key_id = ?',
      )
      .run(row.hash, row.previous_hash, row.previous_until, row.revoked_at, row.key_id);
  }

  /** By itself, so that it writes nothing else anew that another program has changed meanwhile. */
  noteUse(keyId: string, at: number): void {
    this.#db.prepare('UPDATE api_keys SET last_used_at = ? WHERE key_id = ?').run(at, keyId);
  }
}

import type { Database } from './database.ts';

export interface LoginCodeRow {
  /** SHA-256 of the code. */
  hash: string;
  /** JSON of whom it logs in. */
  identity: string;
  expires_at: number;
}

/** Codes of one-time links that nobody has used yet. */
export class LoginCodeStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  add({ hash, identity, expires_at: expiresAt }: LoginCodeRow): void {
    this.#db
      .prepare('INSERT INTO login_codes (hash, identity, expires_at) VALUES (?, ?, ?)')
      .run(hash, identity, expiresAt);
  }

  /** Gives it and removes it in one step, so that of two who come with it only one gets it. */
  take(hash: string): LoginCodeRow | undefined {
    return this.#db.prepare('DELETE FROM login_codes WHERE hash = ? RETURNING *').get(hash) as
      | LoginCodeRow
      | undefined;
  }

  /** Removes what is too old, and all but the newest `keep`. */
  prune(now: number, keep: number): void {
    this.#db
      .prepare(
        `DELETE FROM login_codes WHERE expires_at <= ?
         OR rowid NOT IN (SELECT rowid FROM login_codes ORDER BY rowid DESC LIMIT ?)`,
      )
      .run(now, keep);
  }
}

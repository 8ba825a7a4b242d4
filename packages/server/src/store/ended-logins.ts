import type { Database } from './database.ts';

/** Logins that were ended before their time; each is kept until it would have expired by itself. */
export class EndedLoginStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  has(loginId: string): boolean {
    return this.#db.prepare('SELECT 1 FROM ended_logins WHERE login_id = ?').get(loginId) !== undefined;
  }

  add(loginId: string, until: number): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO ended_logins (login_id, until) VALUES (?, ?)')
      .run(loginId, until);
  }

  prune(now: number): void {
    this.#db.prepare('DELETE FROM ended_logins WHERE until <= ?').run(now);
  }
}

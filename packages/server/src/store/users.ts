import type { Role } from '@mediamtx-camera-service/protocol';
import type { Database } from './database.ts';

export interface UserRow {
  name: string;
  role: Role;
  /** JSON array of devices; null: all. */
  cameras: string | null;
  /** The password's scrypt hash with its parameters. */
  password: string;
  /** Random; a new one with every password, so that logins of the old one are known. */
  generation: string;
  created_at: number;
  password_changed_at: number;
  last_login_at: number | null;
}

/** Users with passwords, by name; upper and lower case are the same name. */
export class UserStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  find(name: string): UserRow | undefined {
    return this.#db.prepare('SELECT * FROM users WHERE name = ?').get(name) as UserRow | undefined;
  }

  list(): UserRow[] {
    return this.#db.prepare('SELECT * FROM users ORDER BY name').all() as UserRow[];
  }

  add(row: UserRow): void {
    this.#db
      .prepare(
        `INSERT INTO users (name, role, cameras, password, generation, created_at, password_changed_at, last_login_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        row.name,
        row.role,
        row.cameras,
        row.password,
        row.generation,
        row.created_at,
        row.password_changed_at,
        row.last_login_at,
      );
  }

  update(row: UserRow): void {
    this.#db
      .prepare(
        `UPDATE users SET role = ?, cameras = ?, password = ?, generation = ?, password_changed_at = ?, last_login_at = ?
         WHERE name = ?`,
      )
      .run(
        row.role,
        row.cameras,
        row.password,
        row.generation,
        row.password_changed_at,
        row.last_login_at,
        row.name,
      );
  }

  remove(name: string): void {
    this.#db.prepare('DELETE FROM users WHERE name = ?').run(name);
  }
}

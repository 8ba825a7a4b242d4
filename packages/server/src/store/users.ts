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
  /** The login that changed the password last: it goes on although its generation is an older one. */
  kept_login: string | null;
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
        `INSERT INTO users (name, role, cameras, password, generation, kept_login, created_at, password_changed_at,
           last_login_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        row.name,
        row.role,
        row.cameras,
        row.password,
        row.generation,
        row.kept_login,
        row.created_at,
        row.password_changed_at,
        row.last_login_at,
      );
  }

  /** Everything but the time of the last login. */
  update(row: UserRow): void {
    this.#db
      .prepare(
        `UPDATE users SET role = ?, cameras = ?, password = ?, generation = ?, kept_login = ?, password_changed_at = ?
         WHERE name = ?`,
      )
      .run(
        row.role,
        row.cameras,
        row.password,
        row.generation,
        row.kept_login,
        row.password_changed_at,
        row.name,
      );
  }

  /** By itself, so that it writes nothing else anew that another program has changed meanwhile. */
  noteLogin(name: string, at: number): void {
    this.#db.prepare('UPDATE users SET last_login_at = ? WHERE name = ?').run(at, name);
  }

  countAdmins(): number {
    const row = this.#db.prepare("SELECT count(*) AS admins FROM users WHERE role = 'admin'").get();
    return (row as { admins: number }).admins;
  }

  remove(name: string): void {
    this.#db.prepare('DELETE FROM users WHERE name = ?').run(name);
  }
}

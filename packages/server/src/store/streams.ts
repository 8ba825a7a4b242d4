import type { Database } from './database.ts';

export interface StreamRow {
  name: string;
  source: string;
  created_at: number;
}

/** The streams of create_stream, which MediaMTX forgets and we don't. */
export class StreamStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  list(): StreamRow[] {
    return this.#db.prepare('SELECT * FROM streams ORDER BY name').all() as StreamRow[];
  }

  find(name: string): StreamRow | undefined {
    return this.#db.prepare('SELECT * FROM streams WHERE name = ?').get(name) as StreamRow | undefined;
  }

  add(row: StreamRow): void {
    this.#db
      .prepare('INSERT INTO streams (name, source, created_at) VALUES (?, ?, ?)')
      .run(row.name, row.source, row.created_at);
  }

  remove(name: string): void {
    this.#db.prepare('DELETE FROM streams WHERE name = ?').run(name);
  }
}

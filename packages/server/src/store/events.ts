import type { Database } from './database.ts';

export interface EventRow {
  seq: number;
  topic: string;
  /** Epoch milliseconds. */
  time: number;
  device: string | null;
  /** JSON. */
  data: string;
}

/** SQL of the event log. */
export class EventStore {
  // Statements don't keep their database open; without this it closes with the next garbage collection.
  readonly db: Database;
  readonly #insert;
  readonly #read;
  readonly #range;
  readonly #lastBefore;
  readonly #delete;

  constructor(db: Database) {
    this.db = db;
    this.#insert = db.prepare('INSERT INTO events (seq, topic, time, device, data) VALUES (?, ?, ?, ?, ?)');
    this.#read = db.prepare(
      'SELECT seq, topic, time, device, data FROM events WHERE seq > ? ORDER BY seq LIMIT ?',
    );
    this.#range = db.prepare('SELECT MIN(seq) AS first, MAX(seq) AS last FROM events');
    this.#lastBefore = db.prepare('SELECT MAX(seq) AS seq FROM events WHERE time < ?');
    this.#delete = db.prepare('DELETE FROM events WHERE seq <= ?');
  }

  insert({ seq, topic, time, device, data }: EventRow): void {
    this.#insert.run(seq, topic, time, device, data);
  }

  /** At most `limit` rows after `afterSeq`, in order. */
  read(afterSeq: number, limit: number): EventRow[] {
    return this.#read.all(afterSeq, limit) as EventRow[];
  }

  /** Oldest and newest number; undefined where there is none. */
  range(): { first: number; last: number } | undefined {
    const { first, last } = this.#range.get() as { first: number | null; last: number | null };
    return first === null || last === null ? undefined : { first, last };
  }

  /** The newest number of those older than `timeMs`; 0 where there is none. */
  lastSeqBefore(timeMs: number): number {
    return (this.#lastBefore.get(timeMs) as { seq: number | null }).seq ?? 0;
  }

  deleteUpTo(seq: number): void {
    this.#delete.run(seq);
  }
}

import { maxAuditOffset, type AuditEntry, type Role } from '@mediamtx-camera-service/protocol';
import { selectionOf, type AuditQuery, type Selection } from './audit-query.ts';
import type { Database } from './database.ts';

export type { AuditQuery };
export type AuditOutcome = AuditEntry['outcome'];
export type IdentityKind = NonNullable<AuditEntry['identity_kind']>;

/** One entry as it is stored; its names are those of the contract. */
export interface AuditRow {
  id: number;
  /** Epoch milliseconds. */
  time: number;
  who: string | null;
  role: Role | null;
  /** What `who` stands on; null: nobody is known. */
  identity_kind: IdentityKind | null;
  /** Of an API key. */
  key_id: string | null;
  remote_address: string;
  method: string;
  device: string | null;
  outcome: AuditOutcome;
  error_code: number | null;
  duration_ms: number;
  request_id: string;
}

/** Counted of each of several filters, to use the index of the one that leaves least: some milliseconds. */
const maxWeighed = 100_000;

/** SQL of the audit log. The schema itself lets nothing be changed, and nothing be deleted that is younger than 7 days. */
export class AuditStore {
  // Statements don't keep their database open; without this it closes with the next garbage collection.
  readonly db: Database;
  readonly #insert;
  readonly #after;
  readonly #delete;

  constructor(db: Database) {
    this.db = db;
    this.#insert = db.prepare(
      `INSERT INTO audit
         (time, who, role, identity_kind, key_id, remote_address, method, device, outcome, error_code,
          duration_ms, request_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#after = db.prepare('SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?');
    this.#delete = db.prepare(
      'DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE time < ? ORDER BY time LIMIT ?)',
    );
  }

  /** @returns its id: one more than that of the entry before it, whatever was deleted */
  insert(row: Omit<AuditRow, 'id'>): number {
    const { lastInsertRowid } = this.#insert.run(
      row.time,
      row.who,
      row.role,
      row.identity_kind,
      row.key_id,
      row.remote_address,
      row.method,
      row.device,
      row.outcome,
      row.error_code,
      row.duration_ms,
      row.request_id,
    );
    return Number(lastInsertRowid);
  }

  /** At most `limit` entries after one, in order. */
  after(id: number, limit: number): AuditRow[] {
    return this.#after.all(id, limit) as AuditRow[];
  }

  /** The newest id ever given; 0 where there was none. */
  lastId(): number {
    const row = this.db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").get();
    return (row as { seq: number } | undefined)?.seq ?? 0;
  }

  /** Ids up to this one are not given any more. */
  passOver(id: number): void {
    const { changes } = this.db
      .prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'audit'")
      .run(id);
    if (changes > 0) return;
    this.db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('audit', ?)").run(id);
  }

  /** The newest id of those older than a time that the service itself wrote; 0 where there is none. */
  lastOwnIdBefore(time: number): number {
    // The plus keeps it on the ids, of which only those since that time are passed over.
    const row = this.db
      .prepare("SELECT id FROM audit WHERE +time < ? AND identity_kind IS NOT 'cli' ORDER BY id DESC LIMIT 1")
      .get(time);
    return (row as { id: number } | undefined)?.id ?? 0;
  }

  /** Deletes at most `limit` entries older than a time; how many there were. */
  deleteBefore(time: number, limit: number): number {
    return this.#delete.run(time, limit).changes;
  }

  /** One page, newest first; `total` is counted up to {@link maxAuditOffset}. */
  query(query: AuditQuery): { rows: AuditRow[]; total: number } {
    const { limit, offset } = query;
    const selection = selectionOf(query, (condition) => this.#count(condition, maxWeighed));
    // Few among many are looked for as long as all of them are counted, so only one of the two is done.
    const counted = offset === 0 ? undefined : this.#count(selection, maxAuditOffset);
    if (counted !== undefined && counted < offset) return { rows: [], total: counted };
    const rows = this.db
      .prepare(`${selection.sql} ORDER BY time DESC, id DESC LIMIT ? OFFSET ?`)
      .all(...selection.values, limit, offset) as AuditRow[];
    if (counted !== undefined) return { rows, total: counted };
    const total = rows.length < limit ? rows.length : this.#count(selection, maxAuditOffset);
    return { rows, total };
  }

  #count({ sql, values }: Selection, atMost: number): number {
    const counted = this.db.prepare(`SELECT COUNT(*) AS total FROM (${sql} LIMIT ?)`).get(...values, atMost);
    return (counted as { total: number }).total;
  }
}

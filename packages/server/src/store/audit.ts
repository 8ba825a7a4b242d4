import type { Role } from '@mediamtx-camera-service/protocol';
import type { Database } from './database.ts';

export type AuditOutcome = 'ok' | 'refused' | 'failed';

/** One entry as it is stored; its names are those of the contract. */
export interface AuditRow {
  id: number;
  /** Epoch milliseconds. */
  time: number;
  who: string | null;
  role: Role | null;
  remote_address: string;
  method: string;
  device: string | null;
  outcome: AuditOutcome;
  error_code: number | null;
  duration_ms: number;
  request_id: string;
}

export interface AuditQuery {
  limit: number;
  offset: number;
  /** Epoch milliseconds, inclusive. */
  from?: number | undefined;
  /** Epoch milliseconds, exclusive. */
  to?: number | undefined;
  /** Whatever the case, as users are told apart. */
  user?: string | undefined;
  method?: string | undefined;
  /** `cameraN` */
  device?: string | undefined;
  outcome?: AuditOutcome | undefined;
  /** Only entries of these, and entries without a camera that name no file; absent: all. */
  cameras?: readonly string[] | undefined;
}

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
         (time, who, role, remote_address, method, device, outcome, error_code, duration_ms, request_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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

  /** The newest id of those older than a time; 0 where there is none. */
  lastIdBefore(time: number): number {
    const row = this.db.prepare('SELECT MAX(id) AS id FROM audit WHERE time < ?').get(time);
    return (row as { id: number | null }).id ?? 0;
  }

  /** Deletes at most `limit` entries older than a time; how many there were. */
  deleteBefore(time: number, limit: number): number {
    return this.#delete.run(time, limit).changes;
  }

  /** One page, newest first. */
  query(query: AuditQuery): { rows: AuditRow[]; total: number } {
    const conditions = conditionsOf(query);
    const where = conditions.length > 0 ? `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}` : '';
    const values = conditions.map(([, value]) => value);
    const counted = this.db.prepare(`SELECT COUNT(*) AS total FROM audit ${where}`).get(...values);
    const rows = this.db
      .prepare(`SELECT * FROM audit ${where} ORDER BY id DESC LIMIT ? OFFSET ?`)
      .all(...values, query.limit, query.offset) as AuditRow[];
    return { rows, total: (counted as { total: number }).total };
  }
}

function conditionsOf({ from, to, user, method, device, outcome, cameras }: AuditQuery) {
  const all: [sql: string, value: string | number | undefined][] = [
    ['time >= ?', from],
    ['time < ?', to],
    ['who = ? COLLATE NOCASE', user],
    ['method = ?', method],
    ['device = ?', device],
    ['outcome = ?', outcome],
    [
      // Of a file that is gone nobody knows any more whose it was, and its name may tell.
      `(device IN (SELECT value FROM json_each(?)) OR (device IS NULL AND method NOT LIKE '%/files/%'))`,
      cameras && JSON.stringify(cameras),
    ],
  ];
  return all.filter((condition): condition is [string, string | number] => condition[1] !== undefined);
}

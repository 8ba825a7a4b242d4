import type { RecordingFormat } from '@mediamtx-camera-service/protocol';
import { queryCatalog, type CatalogPage, type CatalogQuery } from './catalog-query.ts';
import { makeRoom, transaction, type Database } from './database.ts';

/** A recording that is wanted (`recording`) or whose file is being made (`closing`). */
export interface SessionRow {
  session_id: string;
  device: string;
  filename: string;
  format: RecordingFormat;
  /** Seconds after which it ends by itself. */
  duration: number | null;
  started_at: number;
  state: 'recording' | 'closing';
}

/** A closed recording. */
export interface RecordingRow {
  filename: string;
  session_id: string;
  device: string;
  format: RecordingFormat;
  size: number;
  duration_ms: number;
  /** Of the first and the last recorded frame. */
  start_at: number;
  end_at: number;
  created_at: number;
  protected: number;
  /** Of how many files of MediaMTX it was made; null where that is not known. */
  segments: number | null;
}

/** Running recordings, and the catalog of closed ones: a row there stands only for a file that is complete. */
export class RecordingStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  sessions(): SessionRow[] {
    return this.#db.prepare('SELECT * FROM recording_sessions ORDER BY started_at').all() as SessionRow[];
  }

  findSession(filename: string): SessionRow | undefined {
    return this.#db.prepare('SELECT * FROM recording_sessions WHERE filename = ?').get(filename) as
      | SessionRow
      | undefined;
  }

  addSession(row: SessionRow): void {
    this.#db
      .prepare(
        `INSERT INTO recording_sessions (session_id, device, filename, format, duration, started_at, state)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(row.session_id, row.device, row.filename, row.format, row.duration, row.started_at, row.state);
  }

  setClosing(sessionId: string): void {
    this.#db.prepare("UPDATE recording_sessions SET state = 'closing' WHERE session_id = ?").run(sessionId);
  }

  removeSession(sessionId: string): void {
    this.#db.prepare('DELETE FROM recording_sessions WHERE session_id = ?').run(sessionId);
  }

  /** The session becomes a recording, in one step. */
  close(row: RecordingRow): void {
    transaction(this.#db, () => {
      this.removeSession(row.session_id);
      this.add(row);
    });
  }

  add(row: RecordingRow): void {
    this.#db
      .prepare(
        `INSERT INTO recordings
           (filename, session_id, device, format, size, duration_ms, start_at, end_at, created_at, protected, segments)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        row.filename,
        row.session_id,
        row.device,
        row.format,
        row.size,
        row.duration_ms,
        row.start_at,
        row.end_at,
        row.created_at,
        row.protected,
        row.segments,
      );
  }

  find(filename: string): RecordingRow | undefined {
    return this.#db.prepare('SELECT * FROM recordings WHERE filename = ?').get(filename) as
      | RecordingRow
      | undefined;
  }

  /** Whether a session's recording is in the catalog. */
  hasRecordingOf(sessionId: string): boolean {
    return this.#db.prepare('SELECT 1 FROM recordings WHERE session_id = ?').get(sessionId) !== undefined;
  }

  setProtected(filename: string, isProtected: boolean): void {
    this.#db
      .prepare('UPDATE recordings SET protected = ? WHERE filename = ?')
      .run(isProtected ? 1 : 0, filename);
  }

  remove(filename: string): void {
    makeRoom(this.#db, () => this.#db.prepare('DELETE FROM recordings WHERE filename = ?').run(filename));
  }

  query(query: CatalogQuery): CatalogPage<RecordingRow> {
    return queryCatalog<RecordingRow>(this.#db, { name: 'recordings', time: 'start_at' }, query);
  }

  allOf(device: string): RecordingRow[] {
    return this.#db.prepare('SELECT * FROM recordings WHERE device = ?').all(device) as RecordingRow[];
  }

  all(): RecordingRow[] {
    return this.#db.prepare('SELECT * FROM recordings').all() as RecordingRow[];
  }
}

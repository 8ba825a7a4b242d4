import { queryCatalog, type CatalogPage, type CatalogQuery } from './catalog-query.ts';
import { makeRoom, type Database } from './database.ts';

export interface SnapshotRow {
  filename: string;
  device: string;
  format: 'jpg' | 'png';
  size: number;
  width: number;
  height: number;
  captured_at: number;
  created_at: number;
}

/** The catalog of snapshots: a row stands only for a file that is complete. */
export class SnapshotStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  add(row: SnapshotRow): void {
    this.#db
      .prepare(
        `INSERT INTO snapshots (filename, device, format, size, width, height, captured_at, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        row.filename,
        row.device,
        row.format,
        row.size,
        row.width,
        row.height,
        row.captured_at,
        row.created_at,
      );
  }

  find(filename: string): SnapshotRow | undefined {
    return this.#db.prepare('SELECT * FROM snapshots WHERE filename = ?').get(filename) as
      | SnapshotRow
      | undefined;
  }

  remove(filename: string): void {
    makeRoom(this.#db, () => this.#db.prepare('DELETE FROM snapshots WHERE filename = ?').run(filename));
  }

  query(query: CatalogQuery): CatalogPage<SnapshotRow> {
    return queryCatalog<SnapshotRow>(this.#db, { name: 'snapshots', time: 'created_at' }, query);
  }

  allOf(device: string): SnapshotRow[] {
    return this.#db.prepare('SELECT * FROM snapshots WHERE device = ?').all(device) as SnapshotRow[];
  }

  all(): SnapshotRow[] {
    return this.#db.prepare('SELECT * FROM snapshots').all() as SnapshotRow[];
  }
}

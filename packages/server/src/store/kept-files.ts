import type { Database } from './database.ts';

export type FileKind = 'recordings' | 'snapshots';

/** A file of the catalog, of either kind. */
export interface KeptFile {
  kind: FileKind;
  /** Unique over both kinds. */
  filename: string;
  device: string;
  size: number;
  /** When it was complete: the end of a recording, the making of a snapshot; epoch milliseconds. */
  time: number;
  isProtected: boolean;
}

export interface FileUse {
  bytes: number;
  count: number;
}

/** Recordings and snapshots as one row of files, oldest first, and what they take. */
export class KeptFileStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** At most `limit` files that come after one, in the order of their time and then of their name. */
  oldest(after: Pick<KeptFile, 'time' | 'filename'> | undefined, limit: number): KeptFile[] {
    const from = [after?.time ?? Number.MIN_SAFE_INTEGER, after?.filename ?? ''] as const;
    const rows = this.#db
      .prepare(
        `SELECT * FROM (
           SELECT 'recordings' AS kind, filename, device, size, end_at AS time, protected FROM recordings
           WHERE (end_at, filename) > (?, ?) ORDER BY end_at, filename LIMIT ?)
         UNION ALL SELECT * FROM (
           SELECT 'snapshots', filename, device, size, created_at, 0 FROM snapshots
           WHERE (created_at, filename) > (?, ?) ORDER BY created_at, filename LIMIT ?)
         ORDER BY time, filename LIMIT ?`,
      )
      .all(...from, limit, ...from, limit, limit) as (Omit<KeptFile, 'isProtected'> & {
      protected: number;
    })[];
    return rows.map(({ protected: mark, ...file }) => ({ ...file, isProtected: mark === 1 }));
  }

  /** What the files of these cameras take; undefined: of all. */
  use(kind: FileKind, cameras?: readonly string[]): FileUse {
    const sums = `SELECT COALESCE(SUM(size), 0) AS bytes, COUNT(*) AS count FROM ${kind}`;
    if (!cameras) return this.#db.prepare(sums).get() as FileUse;
    return this.#db
      .prepare(`${sums} WHERE device IN (SELECT value FROM json_each(?))`)
      .get(JSON.stringify(cameras)) as FileUse;
  }

  /** What the files take that came since a time. */
  bytesSince(time: number): number {
    const { bytes } = this.#db
      .prepare(
        `SELECT COALESCE((SELECT SUM(size) FROM recordings WHERE end_at >= ?), 0)
           + COALESCE((SELECT SUM(size) FROM snapshots WHERE created_at >= ?), 0) AS bytes`,
      )
      .get(time, time) as { bytes: number };
    return bytes;
  }
}

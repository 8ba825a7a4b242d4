import { removeCamera, updateCamera, type CameraRow } from './cameras.ts';
import { transaction, type Database } from './database.ts';

/** `other`'s files are still to be moved to `device`. */
export interface MergeRow {
  other: string;
  device: string;
}

/** Two cameras that become one: the database at once, and a note of what is still to be done with the files. */
export class MergeStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Merges not all of whose files were moved. */
  pending(): MergeRow[] {
    return this.#db.prepare('SELECT other, device FROM camera_merges').all() as MergeRow[];
  }

  /** `row` takes the place of both cameras, and the catalog's rows of the other one. */
  begin(row: CameraRow, other: CameraRow): MergeRow {
    const merge = { other: `camera${other.number}`, device: `camera${row.number}` };
    transaction(this.#db, () => {
      this.#db
        .prepare('INSERT INTO camera_merges (other, device) VALUES (?, ?)')
        .run(merge.other, merge.device);
      updateCamera(this.#db, row);
      removeCamera(this.#db, other.number);
      this.#moveRows(merge);
    });
    return merge;
  }

  /** The files are moved; also what was written of the other camera meanwhile is the one's. */
  end(merge: MergeRow): void {
    transaction(this.#db, () => {
      this.#moveRows(merge);
      this.#db.prepare('DELETE FROM camera_merges WHERE other = ?').run(merge.other);
    });
  }

  #moveRows({ other, device }: MergeRow): void {
    for (const table of ['recordings', 'snapshots']) {
      this.#db.prepare(`UPDATE ${table} SET device = ? WHERE device = ?`).run(device, other);
    }
  }
}

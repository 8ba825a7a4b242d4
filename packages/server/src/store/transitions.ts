import type { CameraReason, CameraState } from '@mediamtx-camera-service/protocol';
import type { Database } from './database.ts';

/** One change of a camera's state. */
export interface Transition {
  /** Epoch milliseconds. */
  time: number;
  /** Null: the camera was met for the first time. */
  from: CameraState | null;
  to: CameraState;
  reason: CameraReason | null;
  detail: string | null;
}

const kept = 50;

/** The last changes of state of every camera. */
export class TransitionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  add(device: string, { time, from, to, reason, detail }: Transition): void {
    const { lastInsertRowid } = this.#db
      .prepare(
        `INSERT INTO camera_transitions (device, time, from_state, to_state, reason, detail)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(device, time, from, to, reason, detail);
    this.#db
      .prepare(
        `DELETE FROM camera_transitions WHERE device = ? AND id <=
           (SELECT id FROM camera_transitions WHERE device = ? AND id <= ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
      )
      .run(device, device, lastInsertRowid, kept);
  }

  /** Newest first. */
  list(device: string, limit = kept): Transition[] {
    return this.#db
      .prepare(
        `SELECT time, from_state AS "from", to_state AS "to", reason, detail FROM camera_transitions
         WHERE device = ? ORDER BY id DESC LIMIT ?`,
      )
      .all(device, limit) as Transition[];
  }
}

import type { DeviceCapabilities, DeviceIdentity } from '../devices/device.ts';
import type { Database } from './database.ts';

export type CapabilityStatus = 'NONE' | 'PROVISIONAL' | 'CONFIRMED';

export interface CameraRow {
  number: number;
  kind: 'usb' | 'test';
  name: string;
  identity: DeviceIdentity;
  capabilities: DeviceCapabilities;
  capabilityStatus: CapabilityStatus;
  /** Where it was last; it says nothing of where it is. */
  node: string | null;
  createdAt: number;
  lastSeen: number;
}

interface RawRow {
  number: number;
  kind: 'usb' | 'test';
  name: string;
  identity: string;
  capabilities: string;
  capability_status: CapabilityStatus;
  node: string | null;
  created_at: number;
  last_seen: number;
}

/** The cameras that were ever seen. A number is given once and never again. */
export class CameraStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  list(): CameraRow[] {
    const rows = this.#db.prepare('SELECT * FROM cameras ORDER BY number').all() as unknown as RawRow[];
    return rows.map((row) => ({
      number: row.number,
      kind: row.kind,
      name: row.name,
      identity: JSON.parse(row.identity) as DeviceIdentity,
      capabilities: JSON.parse(row.capabilities) as DeviceCapabilities,
      capabilityStatus: row.capability_status,
      node: row.node,
      createdAt: row.created_at,
      lastSeen: row.last_seen,
    }));
  }

  /** Keeps a new camera and gives it the next number. */
  add(camera: Omit<CameraRow, 'number'>): CameraRow {
    const { next } = this.#db.prepare('SELECT COALESCE(MAX(number) + 1, 0) AS next FROM cameras').get() as {
      next: number;
    };
    const row = { ...camera, number: next };
    this.#db
      .prepare(
        `INSERT INTO cameras (number, kind, name, identity, capabilities, capability_status, node, created_at, last_seen)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        next,
        row.kind,
        row.name,
        JSON.stringify(row.identity),
        JSON.stringify(row.capabilities),
        row.capabilityStatus,
        row.node,
        row.createdAt,
        row.lastSeen,
      );
    return row;
  }

  update(row: CameraRow): void {
    this.#db
      .prepare(
        `UPDATE cameras SET name = ?, identity = ?, capabilities = ?, capability_status = ?, node = ?, last_seen = ?
         WHERE number = ?`,
      )
      .run(
        row.name,
        JSON.stringify(row.identity),
        JSON.stringify(row.capabilities),
        row.capabilityStatus,
        row.node,
        row.lastSeen,
        row.number,
      );
  }
}

import type { CameraSettings } from '@mediamtx-camera-service/protocol';
import type { DeviceCapabilities, DeviceIdentity, VideoMode } from '../devices/device.ts';
import { transaction, type Database } from './database.ts';

export type CapabilityStatus = 'NONE' | 'PROVISIONAL' | 'CONFIRMED';

/** Why the device that is there was taken for this camera. */
export interface Recognition {
  /** The traits that agreed, and their points; none where the camera was new. */
  matchedBy: string[];
  score: number | null;
  /** What a person should decide: the camera may be one of `candidates`. */
  notice: string | null;
  candidates: string[];
}

/** What was learned of a camera while it was captured. */
export interface LearnedModes {
  /** Modes that failed, and so are passed over, each with the reason in words. */
  failed: (VideoMode & { reason: string })[];
  /** A lower mode was not faster either, so the camera's own rate it is: frames a second. */
  ownRate: number | null;
  /** A still picture stays still when capture is started anew: it is what the camera sees. */
  isStillNormal: boolean;
}

export type ControlValues = Record<string, number | boolean | string>;

export interface CameraRow {
  number: number;
  kind: 'usb' | 'test';
  /** As the device calls itself; a person's name for it is in the settings. */
  name: string;
  identity: DeviceIdentity;
  capabilities: DeviceCapabilities;
  capabilityStatus: CapabilityStatus;
  /** Where it was last; it says nothing of where it is. */
  node: string | null;
  createdAt: number;
  lastSeen: number;
  settings: CameraSettings;
  /** V4L2 controls that somebody set, to be set again when it returns. */
  controls: ControlValues;
  recognition: Recognition;
  learned: LearnedModes;
  /** Lent to another program until then, epoch milliseconds. */
  releasedUntil: number | null;
}

/** What a new camera is met with; the rest begins at its defaults. */
export type NewCamera = Pick<
  CameraRow,
  | 'kind'
  | 'name'
  | 'identity'
  | 'capabilities'
  | 'capabilityStatus'
  | 'node'
  | 'createdAt'
  | 'lastSeen'
  | 'recognition'
>;

export const defaultSettings: CameraSettings = {
  name: null,
  enabled: true,
  mode: null,
  resolution: null,
  fps: null,
  bitrate: null,
  quality: null,
  recording: { format: null, duration: null, segment_duration: null },
};

export const nothingLearned: LearnedModes = { failed: [], ownRate: null, isStillNormal: false };

export const unrecognised: Recognition = { matchedBy: [], score: null, notice: null, candidates: [] };

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
  settings: string;
  controls: string;
  recognition: string;
  learned: string;
  released_until: number | null;
}

/** The cameras that were ever seen. A number is given once and never again. */
export class CameraStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  list(): CameraRow[] {
    const rows = this.#db.prepare('SELECT * FROM cameras ORDER BY number').all() as unknown as RawRow[];
    return rows.map(readRow);
  }

  /** Keeps a new camera and gives it the next number. */
  /** `device`: `cameraN`, also of a camera that is not there now. */
  has(device: string): boolean {
    const number = /^camera(\d{1,9})$/.exec(device)?.[1];
    if (number === undefined) return false;
    return this.#db.prepare('SELECT 1 FROM cameras WHERE number = ?').get(Number(number)) !== undefined;
  }

  add(camera: NewCamera): CameraRow {
    // In one statement, so that a number is given once whatever happens in between.
    const { number } = this.#db
      .prepare('UPDATE camera_numbers SET next = next + 1 RETURNING next - 1 AS number')
      .get() as { number: number };
    const row: CameraRow = {
      ...camera,
      number,
      settings: defaultSettings,
      controls: {},
      learned: nothingLearned,
      releasedUntil: null,
    };
    this.#db
      .prepare(
        `INSERT INTO cameras (name, identity, capabilities, capability_status, node, last_seen, settings, controls,
           recognition, learned, released_until, number, kind, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(...changingValues(row), row.number, row.kind, row.createdAt);
    return row;
  }

  update(row: CameraRow): void {
    updateCamera(this.#db, row);
  }

  remove(number: number): void {
    transaction(this.#db, () => removeCamera(this.#db, number));
  }
}

export function updateCamera(db: Database, row: CameraRow): void {
  db.prepare(
    `UPDATE cameras SET name = ?, identity = ?, capabilities = ?, capability_status = ?, node = ?, last_seen = ?,
       settings = ?, controls = ?, recognition = ?, learned = ?, released_until = ?
     WHERE number = ?`,
  ).run(...changingValues(row), row.number);
}

/** To be called in a transaction. */
export function removeCamera(db: Database, number: number): void {
  db.prepare('DELETE FROM cameras WHERE number = ?').run(number);
  db.prepare('DELETE FROM camera_transitions WHERE device = ?').run(`camera${number}`);
}

function changingValues(row: CameraRow): (string | number | null)[] {
  return [
    row.name,
    JSON.stringify(row.identity),
    JSON.stringify(row.capabilities),
    row.capabilityStatus,
    row.node,
    row.lastSeen,
    JSON.stringify(row.settings),
    JSON.stringify(row.controls),
    JSON.stringify(row.recognition),
    JSON.stringify(row.learned),
    row.releasedUntil,
  ];
}

// What a later version adds is missing in rows of an earlier one, hence the defaults.
function readRow(row: RawRow): CameraRow {
  const settings = JSON.parse(row.settings) as Partial<CameraSettings>;
  return {
    number: row.number,
    kind: row.kind,
    name: row.name,
    identity: JSON.parse(row.identity) as DeviceIdentity,
    capabilities: JSON.parse(row.capabilities) as DeviceCapabilities,
    capabilityStatus: row.capability_status,
    node: row.node,
    createdAt: row.created_at,
    lastSeen: row.last_seen,
    settings: {
      ...defaultSettings,
      ...settings,
      recording: { ...defaultSettings.recording, ...settings.recording },
    },
    controls: JSON.parse(row.controls) as ControlValues,
    recognition: { ...unrecognised, ...(JSON.parse(row.recognition) as Partial<Recognition>) },
    learned: { ...nothingLearned, ...(JSON.parse(row.learned) as Partial<LearnedModes>) },
    releasedUntil: row.released_until,
  };
}

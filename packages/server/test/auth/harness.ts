import { CameraStore, unrecognised } from '../../src/store/cameras.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { Tokens } from '../../src/auth/tokens.ts';
import { buildAccess, type AccessParts } from '../../src/lifecycle/build-credentials.ts';

/** A clock that a test sets. */
export class Clock {
  nowMs = Date.parse('2026-03-04T05:06:07.000Z');
  readonly now = (): number => this.nowMs;
}

export interface AccessLab extends AccessParts {
  db: Database;
  clock: Clock;
  tokens: Tokens;
  /** How often holders were told to ask anew. */
  changes: () => number;
}

/** The real parts of access on a database in memory with `camera0` and `camera1`. */
export function createAccess(): AccessLab {
  const clock = new Clock();
  const db = openDatabase(':memory:');
  const tokens = new Tokens({ secret: Buffer.alloc(32, 7), expirySeconds: 3600, now: clock.now });
  const parts = buildAccess({ db, tokens, now: clock.now });
  let changes = 0;
  parts.credentials.onChange(() => (changes += 1));
  addCamera(db);
  addCamera(db);
  return { ...parts, db, clock, tokens, changes: () => changes };
}

export function addCamera(db: Database): void {
  new CameraStore(db).add({
    kind: 'test',
    name: 'Test camera',
    identity: { bus: 'test' },
    capabilities: { modes: [] },
    capabilityStatus: 'NONE',
    node: null,
    createdAt: 0,
    lastSeen: 0,
    recognition: unrecognised,
  } as unknown as Parameters<CameraStore['add']>[0]);
}

/** The words that tell a refusal apart; throws where there was none. */
export async function refusal(work: () => unknown): Promise<Record<string, unknown>> {
  try {
    await work();
  } catch (error) {
    const { errorName, data } = error as { errorName: string; data: Record<string, unknown> };
    return { errorName, ...data };
  }
  throw new Error('it was not refused');
}

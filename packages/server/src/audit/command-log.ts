import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { AppError, messageOf } from '../errors.ts';
import { dataPaths } from '../lifecycle/data-dir.ts';
import { AuditStore } from '../store/audit.ts';
import { closeDatabase, openDatabase, type Database } from '../store/database.ts';
import { cleanText } from './clean-text.ts';

export interface CommandNote {
  /** A method of the contract, or `camera-service …` for a command that has none. */
  method: string;
  /** By `performance.now()`. */
  startedMs: number;
  /** Why it failed; absent: it did not. */
  error?: unknown;
}

/**
 * An entry of the audit log for what the command line has done. The file is left to the service, which follows the
 * table. Never throws: who may no longer write, because the disk is full, must still get in to make room.
 */
export function noteCommand(db: Database, { method, startedMs, error }: CommandNote): void {
  try {
    new AuditStore(db).insert({
      time: Date.now(),
      who: cleanText(`cli:${systemUser()}`, 64),
      role: 'admin',
      identity_kind: 'cli',
      key_id: null,
      remote_address: 'local',
      method,
      device: null,
      outcome: error === undefined ? 'ok' : 'failed',
      error_code: error instanceof AppError ? error.code : null,
      duration_ms: Math.round((performance.now() - startedMs) * 1000) / 1000,
      request_id: `cli-${randomUUID()}`,
    });
  } catch (problem) {
    tellMissing(problem);
  }
}

/** The same for a data directory; none where there is no such directory, and so no service whose log it would be. */
export function noteCommandIn(dataDir: string, note: CommandNote): void {
  if (!existsSync(dataDir)) return;
  let db: Database | undefined;
  try {
    db = openDatabase(dataPaths(dataDir).database);
    noteCommand(db, note);
  } catch (problem) {
    tellMissing(problem);
  } finally {
    if (db) closeDatabase(db);
  }
}

/** To who gave the command; there is no log of a service here. */
export function tellMissing(problem: unknown): void {
  process.stderr.write(`camera-service: the audit log lacks this command: ${messageOf(problem)}\n`);
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // The system knows no name for the number.
    return String(process.getuid?.() ?? 'unknown');
  }
}

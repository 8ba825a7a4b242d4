import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { messageOf } from '../errors.ts';
import { remedyFor, sqliteCodeOf } from './remedies.ts';
import { migrations } from './migrations.ts';
import { isDiskFull } from './storage-error.ts';

export type Database = DatabaseSyncInstance;

const require = createRequire(import.meta.url);

/**
 * Opens the one SQLite file and brings it to the newest schema. WAL with synchronous NORMAL: a killed process loses
 * nothing that was committed; a power cut may lose the last moments, never the file.
 */
export function openDatabase(file: string): Database {
  if (file !== ':memory:') makePrivate(file);
  let db: Database | undefined;
  try {
    db = openRawDatabase(file);
    db.exec(
      'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON',
    );
    migrate(db);
    return db;
  } catch (error) {
    db?.close();
    throw withRemedy(error, file);
  }
}

/** SQLite's own words name neither the file nor what to do; other errors stay as they are. */
function withRemedy(error: unknown, file: string): unknown {
  const remedy = remedyFor(error);
  if (remedy === undefined) return error;
  const told = new Error(`the database ${file} can't be used (${messageOf(error)}): ${remedy}`, {
    cause: error,
  });
  return Object.assign(told, { errcode: sqliteCodeOf(error) });
}

/** It holds the hashes of passwords; what SQLite makes beside it gets the same mode. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  } catch {
    // A file that can't be written or is another user's: SQLite says so in its own words where it matters.
  }
}

/** Closes it with all in the one file: what closing alone leaves in the journal, a copy of the file would miss. */
export function closeDatabase(db: Database): void {
  try {
    // Whoever else has it open is not waited for.
    db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // On a full disk it stays in the journal, where the next start finds it.
  }
  db.close();
}

/** Opens a file as it is, without the service's settings and schema. */
export function openRawDatabase(file: string): Database {
  const { DatabaseSync } = loadSqlite();
  return new DatabaseSync(file);
}

/** Node's own SQLite from 24 on; on older ones the package with the same API. */
function loadSqlite(): { DatabaseSync: new (file: string) => Database } {
  const major = Number(process.versions.node.split('.')[0]);
  return require(major >= 24 ? 'node:sqlite' : '@photostructure/sqlite') as ReturnType<typeof loadSqlite>;
}

function migrate(db: Database): void {
  const version = schemaVersion(db);
  if (version > migrations.length) {
    throw new Error(
      `the database is of a newer version of the service (schema ${version}, this one knows ${migrations.length}): install that version, or restore an older backup with --force`,
    );
  }
  for (let next = version; next < migrations.length; next++) {
    transaction(db, () => {
      // Another program that opened it in the same moment may have been faster.
      if (schemaVersion(db) > next) return;
      db.exec(migrations[next]!);
      db.exec(`PRAGMA user_version = ${next + 1}`);
    });
  }
}

function schemaVersion(db: Database): number {
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

/**
 * Runs what takes something out, also on a full disk, where it makes room: the journal, which can't grow, begins anew
 * in the room that it has.
 */
export function makeRoom(db: Database, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    db.exec('PRAGMA wal_checkpoint(RESTART)');
    work();
  }
}

/** Runs `work` in one transaction: all of it is there, or none. */
export function transaction<T>(db: Database, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

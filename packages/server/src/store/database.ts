import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { migrations } from './migrations.ts';

export type Database = DatabaseSyncInstance;

const require = createRequire(import.meta.url);

/**
 * Opens the one SQLite file and brings it to the newest schema. WAL with synchronous NORMAL: a killed process loses
 * nothing that was committed; a power cut may lose the last moments, never the file.
 */
export function openDatabase(file: string): Database {
  if (file !== ':memory:') makePrivate(file);
  const db = openRawDatabase(file);
  db.exec(
    'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON',
  );
  migrate(db);
  return db;
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
      `the database is of a newer version of the service (schema ${version}, this one knows ${migrations.length})`,
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

import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../errors.ts';
import { syncFile } from '../store/atomic-file.ts';
import { openDatabase, openRawDatabase } from '../store/database.ts';
import { migrations } from '../store/migrations.ts';
import { BackupError } from './backup-error.ts';
import { databaseName, describeDatabase, type Manifest } from './manifest.ts';

/**
 * Whether an unpacked database is whole, is what the manifest says, and can be brought to the present schema, which it
 * is then. Throws {@link BackupError}.
 */
export async function checkDatabase(file: string, manifest: Manifest): Promise<void> {
  if (manifest.schema_version > migrations.length)
    throw new BackupError(
      `the backup is of a newer version of the service (${manifest.version}, schema ${manifest.schema_version}; this one knows ${migrations.length}): install that version first`,
    );
  try {
    assertWhole(file);
    const { schema_version, counts } = manifest;
    if (!isDeepStrictEqual(describeDatabase(file), { schema_version, counts }))
      throw new BackupError(`${databaseName} does not hold what the manifest says`);
    makeReady(file);
    await syncFile(file);
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`${databaseName} can't be used: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * All of it in the one file: a journal would stay behind when that is moved. No recording runs in it: one that was taken
 * up would be written over the file that it became since; what there is of it, the start finds on the disk.
 */
function makeReady(file: string): void {
  const db = openDatabase(file);
  try {
    db.exec('DELETE FROM recording_sessions');
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const { journal_mode: mode } = db.prepare('PRAGMA journal_mode = DELETE').get() as {
      journal_mode: string;
    };
    if (mode !== 'delete') throw new BackupError(`${databaseName} can't be taken off its journal`);
  } finally {
    db.close();
  }
}

function assertWhole(file: string): void {
  const db = openRawDatabase(file);
  try {
    const faults = db.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[];
    if (faults.length !== 1 || faults[0]!.integrity_check !== 'ok')
      throw new BackupError(
        `${databaseName} is damaged: ${faults[0]?.integrity_check ?? 'nothing to be read'}`,
      );
    if (db.prepare('PRAGMA foreign_key_check').all().length > 0)
      throw new BackupError(`${databaseName} is damaged: it refers to rows that are not there`);
  } finally {
    db.close();
  }
}

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, messageOf } from '../errors.ts';
import { openRawDatabase, type Database } from '../store/database.ts';
import { isDiskFull } from '../store/storage-error.ts';

/** The service can't use its data directory; the message says what to do. */
export class DataDirError extends Error {
  override readonly name = 'DataDirError';
}

/** The paths below `storage.data_dir`. */
export interface DataPaths {
  root: string;
  database: string;
  recordings: string;
  snapshots: string;
  stills: string;
  audit: string;
  run: string;
}

export function dataPaths(root: string): DataPaths {
  return {
    root,
    database: join(root, 'camera-service.db'),
    recordings: join(root, 'recordings'),
    snapshots: join(root, 'snapshots'),
    stills: join(root, 'cache', 'stills'),
    audit: join(root, 'audit'),
    run: join(root, 'run'),
  };
}

/**
 * Makes the data directory and holds it until `release`, or until this process ends in whatever way: the lock is one of
 * the kernel, kept on a file by SQLite, so that none can be left behind. A second instance gets a {@link DataDirError}.
 */
export class DataDir {
  readonly paths: DataPaths;
  readonly #lock: Database;
  readonly #ownerFile: string;

  private constructor(paths: DataPaths, lock: Database, ownerFile: string) {
    this.paths = paths;
    this.#lock = lock;
    this.#ownerFile = ownerFile;
  }

  static acquire(root: string): DataDir {
    const paths = dataPaths(root);
    try {
      for (const dir of [root, paths.recordings, paths.snapshots, paths.stills])
        mkdirSync(dir, { recursive: true, mode: 0o750 });
      for (const dir of [paths.run, paths.audit]) mkdirSync(dir, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw notWritable(root, error);
    }
    const ownerFile = join(paths.run, 'owner.json');
    const lock = takeLock(root, join(paths.run, 'lock.db'), ownerFile);
    try {
      writeOwner(ownerFile, { pid: process.pid });
    } catch (error) {
      // The directories of an earlier run are there, and nothing else can be written.
      lock.close();
      throw notWritable(root, error);
    }
    return new DataDir(paths, lock, ownerFile);
  }

  /** Tells programs beside this one where the service answers. */
  tellAddress(httpUrl: string): void {
    try {
      writeOwner(this.#ownerFile, { pid: process.pid, http_url: httpUrl });
    } catch (error) {
      // Only `camera-service link` misses it; a full disk must not end the service.
      if (errnoOf(error) === undefined) throw error;
    }
  }

  release(): void {
    rmSync(this.#ownerFile, { force: true });
    this.#lock.close();
  }
}

function takeLock(root: string, file: string, ownerFile: string): Database {
  let lock: Database | undefined;
  try {
    lock = openRawDatabase(file);
    lock.exec('PRAGMA busy_timeout = 300; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (!isBusy(error)) {
      throw new DataDirError(
        `the data directory ${root} can't be used (${messageOf(error)}): ${remedy(error)}, or choose another with --data-dir`,
        { cause: error },
      );
    }
    throw new DataDirError(
      `the data directory ${root} is in use by another instance${tellOwner(ownerFile)}: end that one, or choose another with --data-dir`,
      { cause: error },
    );
  }
}

function notWritable(root: string, error: unknown): DataDirError {
  return new DataDirError(
    `the data directory ${root} can't be written to (${errnoOf(error) ?? messageOf(error)}): ${remedy(error)}, or choose another with --data-dir`,
    { cause: error },
  );
}

function remedy(error: unknown): string {
  return isDiskFull(error) ? 'make room on its disk' : 'give this user write access to it';
}

/** Who holds a data directory. */
export interface Owner {
  pid: number;
  /** Where its page is; absent while it starts. */
  http_url?: string;
}

/** Who holds the data directory now, as far as it has said; undefined where nobody does. */
export function findOwner(root: string): Partial<Owner> | undefined {
  const { run } = dataPaths(root);
  const lockFile = join(run, 'lock.db');
  if (!existsSync(lockFile) || !isLocked(lockFile)) return undefined;
  return readOwner(join(run, 'owner.json')) ?? {};
}

function isLocked(file: string): boolean {
  const lock = openRawDatabase(file);
  try {
    // What is held exclusively can't even be read.
    lock.exec('PRAGMA busy_timeout = 0; BEGIN; SELECT count(*) FROM sqlite_schema; ROLLBACK');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    lock.close();
  }
}

function isBusy(error: unknown): boolean {
  return /locked|busy/i.test(messageOf(error));
}

function tellOwner(file: string): string {
  const owner = readOwner(file);
  return owner ? ` (process ${owner.pid})` : '';
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    // It is for messages and links; the lock itself is what counts.
    return undefined;
  }
}

/** Whoever reads it finds it whole. */
function writeOwner(file: string, owner: Owner): void {
  const temporary = `${file}.tmp`;
  writeFileSync(temporary, JSON.stringify(owner));
  renameSync(temporary, file);
}

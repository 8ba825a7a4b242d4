import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, messageOf } from '../errors.ts';
import { openRawDatabase, type Database } from '../store/database.ts';

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
  run: string;
}

export function dataPaths(root: string): DataPaths {
  return {
    root,
    database: join(root, 'camera-service.db'),
    recordings: join(root, 'recordings'),
    snapshots: join(root, 'snapshots'),
    stills: join(root, 'cache', 'stills'),
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
      mkdirSync(paths.run, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw notWritable(root, error);
    }
    const ownerFile = join(paths.run, 'owner.json');
    const lock = takeLock(root, join(paths.run, 'lock.db'), ownerFile);
    try {
      writeFileSync(ownerFile, JSON.stringify({ pid: process.pid }));
    } catch (error) {
      // The directories of an earlier run are there, and nothing else can be written.
      lock.close();
      throw notWritable(root, error);
    }
    return new DataDir(paths, lock, ownerFile);
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
    if (!/locked|busy/i.test(messageOf(error))) {
      throw new DataDirError(
        `the data directory ${root} can't be used (${messageOf(error)}): give this user write access to it, or choose another with --data-dir`,
        { cause: error },
      );
    }
    throw new DataDirError(
      `the data directory ${root} is in use by another instance${readOwner(ownerFile)}: end that one, or choose another with --data-dir`,
      { cause: error },
    );
  }
}

function notWritable(root: string, error: unknown): DataDirError {
  return new DataDirError(
    `the data directory ${root} can't be written to (${errnoOf(error) ?? messageOf(error)}): give this user write access to it, or choose another with --data-dir`,
    { cause: error },
  );
}

function readOwner(file: string): string {
  try {
    const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number };
    return ` (process ${pid})`;
  } catch {
    // Only for the message; the lock itself is what counts.
    return '';
  }
}

import { AppError, errnoOf } from '../errors.ts';
import { readDiskSpaceNow } from './disk-space.ts';
import { sqliteCodeOf } from './remedies.ts';

/** SQLite's own result code where the disk has no room for what it writes. */
const sqliteFull = 13;

/** Where the service keeps things, and what must stay free there; read at use. */
export interface StorageFacts {
  readonly dataDir: string;
  readonly minFreeBytes: number;
}

/**
 * An error of the file system or the database as the contract names it; anything else stays as it is. `dir`: where it was
 * written, which may be on a disk of its own.
 */
export function asStorageError(error: unknown, what: string, dir?: string): unknown {
  const code = errnoOf(error);
  if (isDiskFull(error)) return storageFull(what, dir);
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new AppError(
      'insufficient_storage',
      {
        reason: 'not_writable',
        ...sizesOf(dir),
        details: `${what}: the data directory can not be written to (${code})`,
        suggestion: 'Give the service write access to storage.data_dir.',
      },
      { cause: error },
    );
  }
  return error;
}

/** Whether the file system or the database had no room for what was written. */
export function isDiskFull(error: unknown): boolean {
  const code = errnoOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return true;
  return sqliteCodeOf(error) === sqliteFull;
}

export function storageFull(what: string, dir?: string): AppError {
  return new AppError('insufficient_storage', {
    reason: 'disk_full',
    ...sizesOf(dir),
    details: `${what}: no space left on the device`,
    suggestion: 'Delete recordings or snapshots, or move storage.data_dir to a larger disk.',
  });
}

/** What a client is told of anything that may be a full disk: any call that keeps something may meet one. */
export function toldOfStorage<E>(error: E, storage: StorageFacts | undefined): E | AppError {
  const met = isDiskFull(error) ? storageFull('it could not be kept') : error;
  return storage && met instanceof AppError ? withStorageSizes(met, storage) : met;
}

/** Completes what a client is told of a disk that is full: sizes that are not there yet are those of the data directory. */
export function withStorageSizes(error: AppError, { dataDir, minFreeBytes }: StorageFacts): AppError {
  if (error.errorName !== 'insufficient_storage') return error;
  const { data } = error;
  if (data['available_space'] === undefined) Object.assign(data, sizesOf(dataDir));
  data['threshold'] ??= minFreeBytes;
  return error;
}

function sizesOf(dir: string | undefined): { available_space?: number; total_space?: number } {
  if (dir === undefined) return {};
  try {
    const { availableBytes, totalBytes } = readDiskSpaceNow(dir);
    return { available_space: availableBytes, total_space: totalBytes };
  } catch {
    // The directory has gone too; what is told says enough without them.
    return {};
  }
}

import { AppError, errnoOf } from '../errors.ts';

/** SQLite's own result code where the disk has no room for what it writes. */
const sqliteFull = 13;

/** An error of the file system or the database as the contract names it; anything else stays as it is. */
export function asStorageError(error: unknown, what: string): unknown {
  const code = errnoOf(error);
  if (isDiskFull(error)) return storageFull(what);
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new AppError(
      'insufficient_storage',
      {
        reason: 'not_writable',
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
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteFull;
}

export function storageFull(what: string): AppError {
  return new AppError('insufficient_storage', {
    reason: 'disk_full',
    details: `${what}: no space left on the device`,
    suggestion: 'Delete recordings or snapshots, or move storage.data_dir to a larger disk.',
  });
}

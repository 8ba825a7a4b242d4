import { AppError, errnoOf } from '../errors.ts';

/** An error of the file system as the contract names it; anything else stays as it is. */
export function asStorageError(error: unknown, what: string): unknown {
  const code = errnoOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return storageFull(what);
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

export function storageFull(what: string): AppError {
  return new AppError('insufficient_storage', {
    reason: 'disk_full',
    details: `${what}: no space left on the device`,
    suggestion: 'Delete recordings or snapshots, or move storage.data_dir to a larger disk.',
  });
}

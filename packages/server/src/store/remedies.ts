import { errnoOf } from '../errors.ts';

const damaged =
  'restore a backup with --force, or move the file away: pictures are found again, users and settings are not';
const notPermitted = 'do it as the user that the service runs as, with write access to the data directory';
const full = 'make room on its disk';

/** By SQLite's result code: CORRUPT and NOTADB; PERM, READONLY and CANTOPEN; FULL; IOERR. */
const bySqliteCode: Readonly<Record<number, string>> = {
  11: damaged,
  26: damaged,
  3: notPermitted,
  8: notPermitted,
  14: notPermitted,
  13: full,
  10: 'see whether its disk is full or broken',
};

const byErrno: Readonly<Record<string, string>> = {
  EACCES: notPermitted,
  EPERM: notPermitted,
  EROFS: notPermitted,
  ENOSPC: full,
  EDQUOT: full,
};

/** What a person does about an error of the database or the file system that says no more than what went wrong. */
export function remedyFor(error: unknown): string | undefined {
  const code = sqliteCodeOf(error);
  return code === undefined ? byErrno[errnoOf(error) ?? ''] : bySqliteCode[code];
}

/** SQLite's primary result code; undefined for what is no error of it. */
export function sqliteCodeOf(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
}

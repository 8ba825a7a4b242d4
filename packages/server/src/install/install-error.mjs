/** Something could not be installed; the message says what, why, and which command to type. */
export class InstallError extends Error {
  /** @override */
  name = 'InstallError';
}

/** The place to download from does not answer, so that another way is worth trying. */
export class UnreachableError extends InstallError {
  /** @override */
  name = 'UnreachableError';
}

/** @type {Readonly<Record<string, string>>} */
const FILE_REASONS = {
  EACCES: 'it is not writable for this user',
  EPERM: 'it is not writable for this user',
  EROFS: 'it is on a read-only file system',
  ENOTDIR: 'a part of that path is a file',
  ENOSPC: 'its disk is full',
  EDQUOT: 'the disk quota is used up',
};

/**
 * Turns a file system's refusal into a message for people; anything else is returned as it is.
 * @param {unknown} error
 * @param {string} directory the directory that was being written to
 * @returns {unknown}
 */
export function explainFileError(error, directory) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = FILE_REASONS[code];
  if (reason === undefined) return error;
  return new InstallError(
    `cannot install into ${directory}: ${reason}. ` +
      'Set XDG_CACHE_HOME to a directory with room that this user may write to.',
    { cause: error },
  );
}

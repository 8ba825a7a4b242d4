/** A backup that can't be made or used; the message names what and says what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

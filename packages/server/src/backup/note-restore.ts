import { AuditFiles } from '../audit/audit-files.ts';
import { noteCommand, tellMissing } from '../audit/command-log.ts';
import { AuditStore } from '../store/audit.ts';
import { openRawDatabase } from '../store/database.ts';

/**
 * Puts the restore into the audit log that it brings, so that the entry is there with the rest or not at all. Its number
 * comes after those of all lines in `auditDir`, which stay, or it would never become a line of its own.
 */
export function noteRestore(database: string, auditDir: string, startedMs: number): void {
  const db = openRawDatabase(database);
  try {
    new AuditStore(db).passOver(new AuditFiles(auditDir).lastId());
    noteCommand(db, { method: 'camera-service restore', startedMs });
  } catch (error) {
    tellMissing(error);
  } finally {
    db.close();
  }
}

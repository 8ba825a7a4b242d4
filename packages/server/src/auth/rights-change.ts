import { transaction, type Database } from '../store/database.ts';
import type { CameraRegister } from './camera-limit.ts';
import type { Credentials } from './credentials.ts';

/** What is needed by whoever keeps rights: of users, of API keys. */
export interface RightsKeeperDeps {
  db: Database;
  credentials: Pick<Credentials, 'noteChange'>;
  cameras: CameraRegister;
  now?: () => number;
}

/** Changes kept rights in one step or, where `change` throws, not at all; whoever holds them learns of it at once. */
export function changeRights<T>(
  { db, credentials }: Pick<RightsKeeperDeps, 'db' | 'credentials'>,
  change: () => T,
): T {
  const result = transaction(db, change);
  credentials.noteChange();
  return result;
}

import { Credentials } from '../auth/credentials.ts';
import type { Tokens } from '../auth/tokens.ts';
import { ApiKeyStore } from '../store/api-keys.ts';
import type { Database } from '../store/database.ts';
import { EndedLoginStore } from '../store/ended-logins.ts';
import { UserStore } from '../store/users.ts';

/** Who may call, from the database. */
export function buildCredentials(db: Database, tokens: Tokens): Credentials {
  return new Credentials({
    tokens,
    users: new UserStore(db),
    keys: new ApiKeyStore(db),
    ended: new EndedLoginStore(db),
  });
}

import { ApiKeys } from '../auth/api-keys.ts';
import type { CameraRegister } from '../auth/camera-limit.ts';
import { Credentials } from '../auth/credentials.ts';
import { LoginCodes } from '../auth/login-codes.ts';
import { LoginThrottle } from '../auth/login-throttle.ts';
import { Logins } from '../auth/logins.ts';
import { Passwords } from '../auth/passwords.ts';
import { loadSecrets } from '../auth/secret.ts';
import { Tokens } from '../auth/tokens.ts';
import { Users } from '../auth/users.ts';
import type { EffectiveConfig } from '../config/load.ts';
import { UrlSigner } from '../http/signing.ts';
import type { Logger } from '../log.ts';
import { ApiKeyStore } from '../store/api-keys.ts';
import { CameraStore } from '../store/cameras.ts';
import type { Database } from '../store/database.ts';
import { EndedLoginStore } from '../store/ended-logins.ts';
import { ForeignChanges } from '../store/foreign-changes.ts';
import { LoginCodeStore } from '../store/login-codes.ts';
import { UserStore } from '../store/users.ts';

/** Everything about who may call. */
export interface AccessParts {
  credentials: Credentials;
  users: Users;
  apiKeys: ApiKeys;
  loginCodes: LoginCodes;
  logins: Logins;
}

export interface BuildAccessOptions {
  db: Database;
  tokens: Tokens;
  now?: () => number;
}

/** The parts of access on one database. */
export function buildAccess({ db, tokens, now = Date.now }: BuildAccessOptions): AccessParts {
  const ended = new EndedLoginStore(db);
  const keyStore = new ApiKeyStore(db);
  const userStore = new UserStore(db);
  const credentials = new Credentials({ tokens, users: userStore, keys: keyStore, ended, now });
  const cameras: CameraRegister = new CameraStore(db);
  const shared = { db, credentials, cameras, now };
  const users = new Users({ ...shared, store: userStore, passwords: new Passwords() });
  const apiKeys = new ApiKeys({ ...shared, store: keyStore });
  const loginCodes = new LoginCodes({ store: new LoginCodeStore(db), now });
  const logins = new Logins({ users, tokens, throttle: new LoginThrottle(), now });
  return { credentials, users, apiKeys, loginCodes, logins };
}

/** Who may call, from the database. */
export function buildCredentials(db: Database, tokens: Tokens): Credentials {
  return buildAccess({ db, tokens }).credentials;
}

export interface ServiceAccess extends AccessParts {
  signer: UrlSigner;
  stop(): void;
}

/** Access as the running service has it: by the secrets of its data directory, and following what other programs change. */
export function startAccess(deps: { db: Database; config: EffectiveConfig; log: Logger }): ServiceAccess {
  const { db, config, log } = deps;
  const { security } = config;
  const secrets = loadSecrets(config.storage.data_dir, security);
  const tokens = new Tokens({
    ...secrets,
    get expirySeconds() {
      return security.token_expiry;
    },
  });
  const parts = buildAccess({ db, tokens });
  new EndedLoginStore(db).prune(Date.now());
  parts.loginCodes.prune();
  const changes = new ForeignChanges({ db, onChange: () => parts.credentials.noteChange(), log });
  changes.start();
  return { ...parts, signer: new UrlSigner(secrets), stop: () => changes.stop() };
}

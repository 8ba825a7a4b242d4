import { existsSync, mkdirSync } from 'node:fs';
import { methods, type MethodName, type Params, type Result } from '@mediamtx-camera-service/protocol';
import { noteCommand, noteCommandIn } from './audit/command-log.ts';
import { loginUrl } from './auth/login-codes.ts';
import { loadSecrets, rotateSecret } from './auth/secret.ts';
import { Tokens } from './auth/tokens.ts';
import { loadConfig, type EffectiveConfig } from './config/load.ts';
import { buildAccess, type AccessParts } from './lifecycle/build-credentials.ts';
import { dataPaths, findOwner } from './lifecycle/data-dir.ts';
import { apiKeyHandlers, type ApiKeyHandlers } from './rpc/handlers/access-keys.ts';
import { userHandlers, type UserHandlers } from './rpc/handlers/access-users.ts';
import { invalidParams } from './rpc/invalid-params.ts';
import { closeDatabase, openDatabase, type Database } from './store/database.ts';

export interface DataAccessOptions {
  configFile?: string | undefined;
  dataDir?: string | undefined;
  env: NodeJS.ProcessEnv;
}

/** The methods that need no session, so that they can be called beside the service too. */
export type OfflineMethod = keyof ApiKeyHandlers | Exclude<keyof UserHandlers, 'set_password'>;

const reads: ReadonlySet<OfflineMethod> = new Set<OfflineMethod>(['list_api_keys', 'list_users']);

/**
 * Users, API keys, links and the secret of a data directory, for whoever may write to it; a service that runs there
 * follows within half a second. Methods, params and errors are those of the contract. What changes something or gives
 * rights is in the audit log.
 */
export class DataAccess {
  readonly #config: EffectiveConfig;
  readonly #db: Database;
  readonly #access: AccessParts;
  readonly #handlers: Pick<ApiKeyHandlers & UserHandlers, OfflineMethod>;

  private constructor(config: EffectiveConfig, db: Database) {
    this.#config = config;
    this.#db = db;
    const { security, storage } = config;
    const secrets = loadSecrets(storage.data_dir, security);
    const tokens = new Tokens({ ...secrets, expirySeconds: security.token_expiry });
    this.#access = buildAccess({ db, tokens });
    this.#handlers = { ...apiKeyHandlers(this.#access), ...userHandlers(this.#access) };
  }

  /** Throws ConfigError; with `mustExist` also where no service has ever run in the data directory. */
  static open(options: DataAccessOptions & { mustExist: boolean }): DataAccess {
    const config = configOf(options);
    const { root, database } = dataPaths(config.storage.data_dir);
    if (options.mustExist && !existsSync(database)) {
      throw new Error(`${root} holds no data of the service: name the right directory by --data-dir`);
    }
    mkdirSync(root, { recursive: true, mode: 0o750 });
    return new DataAccess(config, openDatabase(database));
  }

  /** Whether a service runs on the data directory. */
  get isServiceRunning(): boolean {
    return findOwner(this.#config.storage.data_dir) !== undefined;
  }

  /** Params as the contract describes them. Throws AppError. */
  async call<M extends OfflineMethod>(name: M, params: Record<string, unknown>): Promise<Result<M>> {
    if (reads.has(name)) return await this.#run(name, params);
    const command = { method: name, startedMs: performance.now() };
    try {
      const result = await this.#run(name, params);
      noteCommand(this.#db, command);
      return result;
    } catch (error) {
      noteCommand(this.#db, { ...command, error });
      throw error;
    }
  }

  async #run<M extends OfflineMethod>(name: M, params: Record<string, unknown>): Promise<Result<M>> {
    const schema = methods[name satisfies MethodName].params;
    const parsed = schema.safeParse(params);
    if (!parsed.success) throw invalidParams(parsed.error.issues, params, schema);
    // The table's type ties params to the method; here all are alike.
    const handler = this.#handlers[name] as unknown as (
      params: Params<M>,
      context: { identity: undefined },
    ) => Result<M> | Promise<Result<M>>;
    return await handler(parsed.data as Params<M>, { identity: undefined });
  }

  /** The page's address with a code that logs in once, within 10 minutes. Throws where no service runs. */
  createLink(role: 'viewer' | 'operator' | 'admin'): string {
    const startedMs = performance.now();
    const { storage, security } = this.#config;
    const owner = findOwner(storage.data_dir);
    if (!owner)
      throw new Error(`no service runs on ${storage.data_dir}: start it, and it prints a link itself`);
    if (owner.http_url === undefined) throw new Error('the service is still starting: try again in a moment');
    const lifetimeMs = security.token_expiry * 1000;
    const link = loginUrl(owner.http_url, this.#access.loginCodes.createLocal({ role, lifetimeMs }));
    noteCommand(this.#db, { method: 'camera-service link', startedMs });
    return link;
  }

  [Symbol.dispose](): void {
    closeDatabase(this.#db);
  }
}

/**
 * Gives the data directory a new JWT secret; what the old one signed is taken for the lifetime of a token more.
 * @returns whether a service runs there, which takes it up at its next start. Throws where the secret is configured.
 */
export function rotateJwtSecret(options: DataAccessOptions): { isServiceRunning: boolean } {
  const startedMs = performance.now();
  const { security, storage } = configOf(options);
  if (security.jwt_secret !== undefined) {
    throw new Error(
      'the secret is configured: set security.jwt_secret anew, and the old one as security.jwt_secret_previous',
    );
  }
  rotateSecret(storage.data_dir);
  noteCommandIn(storage.data_dir, { method: 'camera-service secret rotate', startedMs });
  return { isServiceRunning: findOwner(storage.data_dir) !== undefined };
}

function configOf({ configFile, dataDir, env }: DataAccessOptions): EffectiveConfig {
  return loadConfig({ file: configFile, env, flags: { 'storage.data_dir': dataDir } });
}

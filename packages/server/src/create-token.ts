import type { Role } from '@mediamtx-camera-service/protocol';
import { noteCommandIn } from './audit/command-log.ts';
import { loadSecret } from './auth/secret.ts';
import { Tokens } from './auth/tokens.ts';
import { loadConfig } from './config/load.ts';

export interface CreateTokenOptions {
  role: Role;
  user: string;
  /** Default: security.token_expiry. */
  expiresInSeconds?: number | undefined;
  configFile?: string | undefined;
  dataDir?: string | undefined;
  env: NodeJS.ProcessEnv;
}

/**
 * A token that the service with this data directory accepts; it need not run. Its audit log tells of it. Throws
 * ConfigError.
 */
export async function createToken(options: CreateTokenOptions): Promise<string> {
  const startedMs = performance.now();
  const config = loadConfig({
    file: options.configFile,
    env: options.env,
    flags: { 'storage.data_dir': options.dataDir },
  });
  const secret = loadSecret(config.storage.data_dir, config.security.jwt_secret);
  const tokens = new Tokens({ secret, expirySeconds: config.security.token_expiry });
  const { user, role, expiresInSeconds } = options;
  const lifetime = expiresInSeconds !== undefined && { expiresInSeconds };
  const token = await tokens.create({ user, role, ...lifetime });
  noteCommandIn(config.storage.data_dir, { method: 'camera-service token create', startedMs });
  return token;
}

import { resolve } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { loadConfig, type ConfigSources } from '../config/load.ts';
import { BackupError } from './backup-error.ts';

/** Also where the configuration has mistakes, as long as the directory is named. Throws {@link BackupError}. */
export function dataDirOf(sources: ConfigSources): string {
  const told = sources.flags?.['storage.data_dir'];
  if (typeof told === 'string') return resolve(told);
  try {
    return loadConfig(sources).storage.data_dir;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new BackupError(
      `which data directory is not to be told (${error.problems.join('; ')}): give --data-dir`,
    );
  }
}

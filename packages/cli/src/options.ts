import { DataAccess } from '@mediamtx-camera-service/server';
import type { Command } from 'commander';

export interface DataOptions {
  config?: string;
  dataDir?: string;
}

/** Which service a command is about. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration (YAML)')
    .option('--data-dir <dir>', 'the data directory of the service');
}

/** Works on the data directory, whether a service runs there or not. */
export async function withData<T>(
  { config, dataDir, mustExist }: DataOptions & { mustExist: boolean },
  work: (access: DataAccess) => Promise<T>,
): Promise<T> {
  const access = DataAccess.open({ configFile: config, dataDir, env: process.env, mustExist });
  try {
    return await work(access);
  } finally {
    access[Symbol.dispose]();
  }
}

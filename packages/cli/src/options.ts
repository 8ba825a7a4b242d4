import { DataAccess } from '@mediamtx-camera-service/server';
import { InvalidArgumentError, Option, type Command } from 'commander';

export type RoleName = 'viewer' | 'operator' | 'admin';

export interface DataOptions {
  config?: string;
  dataDir?: string;
}

/** What `--cameras` tells. */
export type CameraList = string[] | 'all';

/** As the contract has it: null for all; nothing where nothing was told. */
export function camerasParam(list: CameraList | undefined): { cameras?: string[] | null } {
  return list === undefined ? {} : { cameras: list === 'all' ? null : list };
}

/** Which service a command is about. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration (YAML)')
    .option('--data-dir <dir>', 'the data directory of the service');
}

export function roleOption(): Option {
  return new Option('--role <role>', 'what it may do').choices(['viewer', 'operator', 'admin']);
}

export function camerasOption(): Option {
  return new Option(
    '--cameras <list>',
    'the only cameras that it may know of: camera0,camera1; all: every camera',
  ).argParser(readCameras);
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

function readCameras(text: string): CameraList {
  if (text === 'all') return text;
  const devices = text.split(',').map((device) => device.trim());
  if (devices.every((device) => /^camera\d{1,9}$/.test(device))) return devices;
  throw new InvalidArgumentError('cameras are told as camera0,camera1, or as all');
}

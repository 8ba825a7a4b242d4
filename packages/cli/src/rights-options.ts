import { InvalidArgumentError, Option, type Command } from 'commander';

export type RoleName = 'viewer' | 'operator' | 'admin';

/** What somebody may do, and on which cameras, as it is told on the command line. */
export interface RightsOptions {
  role?: RoleName;
  cameras?: string[] | 'all';
}

/** As the contract has it: null for all cameras; nothing where nothing was told. */
export function rightsParams({ role, cameras }: RightsOptions): Record<string, unknown> {
  return { ...(role && { role }), ...(cameras && { cameras: cameras === 'all' ? null : cameras }) };
}

export function addRightsOptions(
  command: Command,
  { isRoleNeeded }: { isRoleNeeded: boolean } = { isRoleNeeded: false },
): Command {
  return command.addOption(roleOption().makeOptionMandatory(isRoleNeeded)).addOption(camerasOption());
}

export function roleOption(): Option {
  return new Option('--role <role>', 'what it may do').choices(['viewer', 'operator', 'admin']);
}

function camerasOption(): Option {
  return new Option(
    '--cameras <list>',
    'the only cameras that it may know of: camera0,camera1; all: every camera',
  ).argParser(readCameras);
}

function readCameras(text: string): string[] | 'all' {
  if (text === 'all') return text;
  const devices = text.split(',').map((device) => device.trim());
  if (devices.every((device) => /^camera\d{1,9}$/.test(device))) return devices;
  throw new InvalidArgumentError('cameras are told as camera0,camera1, or as all');
}

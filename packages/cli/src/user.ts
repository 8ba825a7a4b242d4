import type { Result } from '@mediamtx-camera-service/client';
import { Command } from 'commander';
import {
  addDataOptions,
  camerasOption,
  camerasParam,
  roleOption,
  withData,
  type CameraList,
  type DataOptions,
  type RoleName,
} from './options.ts';
import { readNewPassword } from './password-input.ts';
import { formatTable, formatTime } from './table.ts';
import { tellErrors } from './tell-errors.ts';

interface Rights extends DataOptions {
  role?: RoleName;
  cameras?: CameraList;
}

const passwordHelp = `
The password (10 characters or more) is asked for in a terminal, else read from standard input:
  camera-service user add ann --role operator < password.txt`;

/** `camera-service user …` */
export function userCommand(): Command {
  return new Command('user')
    .description('People who log in with a password; also while the service runs')
    .addCommand(addCommand())
    .addCommand(setCommand())
    .addCommand(listCommand())
    .addCommand(setPasswordCommand())
    .addCommand(removeCommand());
}

function addCommand(): Command {
  const command = new Command('add')
    .description('Makes a user')
    .argument('<name>', 'what the user is called; upper and lower case are the same')
    .addOption(roleOption().makeOptionMandatory())
    .addOption(camerasOption())
    .addHelpText('after', passwordHelp);
  return addDataOptions(command).action(
    tellErrors(async (user: string, { role, cameras, ...options }: Rights) => {
      const password = await readNewPassword();
      await withData({ ...options, mustExist: false }, (access) =>
        access.call('create_user', { user, password, role, ...camerasParam(cameras) }),
      );
      process.stdout.write(`${user} is a user now\n`);
    }),
  );
}

function setCommand(): Command {
  const command = new Command('set')
    .description("Changes a user's role or cameras, at once in every open session")
    .argument('<name>')
    .addOption(roleOption())
    .addOption(camerasOption());
  return addDataOptions(command).action(
    tellErrors(async (user: string, { role, cameras, ...options }: Rights) => {
      if (role === undefined && cameras === undefined)
        throw new Error('there is nothing to set: --role, --cameras');
      const changes = { ...(role && { role }), ...camerasParam(cameras) };
      await withData({ ...options, mustExist: true }, (access) =>
        access.call('set_user', { user, ...changes }),
      );
      process.stdout.write(`${user} is changed\n`);
    }),
  );
}

function listCommand(): Command {
  const command = new Command('list').description('Prints the users').option('--json', 'for programs');
  return addDataOptions(command).action(
    tellErrors(async ({ json, ...options }: DataOptions & { json?: true }) => {
      const { users } = await withData({ ...options, mustExist: true }, (access) =>
        access.call('list_users', {}),
      );
      process.stdout.write(json ? `${JSON.stringify(users, null, 2)}\n` : formatList(users));
    }),
  );
}

function formatList(users: Result<'list_users'>['users']): string {
  const rows = users.map(({ user, role, cameras, last_login_at: lastLogin }) => [
    user,
    role,
    cameras?.join(',') ?? 'all',
    formatTime(lastLogin, 'never'),
  ]);
  return formatTable(['USER', 'ROLE', 'CAMERAS', 'LAST LOGIN'], rows);
}

function setPasswordCommand(): Command {
  const command = new Command('set-password')
    .description('Sets a new password; whatever the user has open ends')
    .argument('<name>')
    .addHelpText('after', passwordHelp);
  return addDataOptions(command).action(
    tellErrors(async (user: string, options: DataOptions) => {
      const password = await readNewPassword();
      await withData({ ...options, mustExist: true }, (access) =>
        access.call('set_user', { user, password }),
      );
      process.stdout.write(`${user} has a new password\n`);
    }),
  );
}

function removeCommand(): Command {
  const command = new Command('remove')
    .description('Removes a user and ends what the user has open; the last admin stays')
    .argument('<name>');
  return addDataOptions(command).action(
    tellErrors(async (user: string, options: DataOptions) => {
      await withData({ ...options, mustExist: true }, (access) => access.call('delete_user', { user }));
      process.stdout.write(`${user} is removed\n`);
    }),
  );
}

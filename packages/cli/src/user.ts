import type { Result } from '@mediamtx-camera-service/client';
import { Command } from 'commander';
import { listCommand } from './list-command.ts';
import { addDataOptions, withData, type DataOptions } from './options.ts';
import { readNewPassword } from './password-input.ts';
import { addRightsOptions, rightsParams, type RightsOptions } from './rights-options.ts';
import { formatTable, formatTime } from './table.ts';
import { tellErrors } from './tell-errors.ts';

const passwordHelp = `
The password (10 characters or more) is asked for in a terminal, else read from standard input:
  camera-service user add ann --role operator < password.txt`;

/** `camera-service user …` */
export function userCommand(): Command {
  return new Command('user')
    .description('People who log in with a password; also while the service runs')
    .addCommand(addCommand())
    .addCommand(setCommand())
    .addCommand(
      listCommand('Prints the users', {
        read: async (access) => (await access.call('list_users', {})).users,
        format: formatList,
      }),
    )
    .addCommand(setPasswordCommand())
    .addCommand(removeCommand());
}

function addCommand(): Command {
  const command = new Command('add')
    .description('Makes a user')
    .argument('<name>', 'what the user is called; upper and lower case are the same')
    .addHelpText('after', passwordHelp);
  return addDataOptions(addRightsOptions(command, { isRoleNeeded: true })).action(
    tellErrors(async (user: string, options: DataOptions & RightsOptions) => {
      const password = await readNewPassword();
      await withData({ ...options, mustExist: false }, (access) =>
        access.call('create_user', { user, password, ...rightsParams(options) }),
      );
      process.stdout.write(`${user} is a user now\n`);
    }),
  );
}

function setCommand(): Command {
  const command = new Command('set')
    .description("Changes a user's role or cameras, at once in every open session")
    .argument('<name>');
  return addDataOptions(addRightsOptions(command)).action(
    tellErrors(async (user: string, options: DataOptions & RightsOptions) => {
      const changes = rightsParams(options);
      if (Object.keys(changes).length === 0) throw new Error('there is nothing to set: --role, --cameras');
      await withData({ ...options, mustExist: true }, (access) =>
        access.call('set_user', { user, ...changes }),
      );
      process.stdout.write(`${user} is changed\n`);
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

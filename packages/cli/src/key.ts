import type { Result } from '@mediamtx-camera-service/client';
import { Command, InvalidArgumentError } from 'commander';
import { listCommand } from './list-command.ts';
import { addDataOptions, withData, type DataOptions } from './options.ts';
import { addRightsOptions, rightsParams, type RightsOptions } from './rights-options.ts';
import { formatTable, formatTime } from './table.ts';
import { tellErrors } from './tell-errors.ts';

interface CreateOptions extends DataOptions, RightsOptions {
  expires?: string;
}

interface ToldKey {
  key_id: string;
  key: string;
}

/** `camera-service key …` */
export function keyCommand(): Command {
  return new Command('key')
    .description('API keys of programs; also while the service runs')
    .addCommand(createCommand())
    .addCommand(
      listCommand('Prints the keys, newest first, without their secrets', {
        read: async (access) => (await access.call('list_api_keys', {})).keys,
        format: formatList,
      }),
    )
    .addCommand(rotateCommand())
    .addCommand(revokeCommand());
}

function createCommand(): Command {
  const create = new Command('create')
    .description('Prints a new key: it is told this once and kept only as a hash')
    .argument('<name>', 'what the key is for');
  const command = addRightsOptions(create, { isRoleNeeded: true }).option(
    '--expires <time>',
    'how long it is good: 30s, 15m, 24h, 7d; default: until it is revoked',
  );
  return addDataOptions(command).action(
    tellErrors(async (name: string, { expires, ...options }: CreateOptions) => {
      const params = { name, ...rightsParams(options), ...(expires && { expires_in: expires }) };
      print(
        await withData({ ...options, mustExist: false }, (access) => access.call('create_api_key', params)),
      );
    }),
  );
}

function formatList(keys: Result<'list_api_keys'>['keys']): string {
  const rows = keys.map((key) => [
    key.key_id,
    key.name,
    key.role,
    key.cameras?.join(',') ?? 'all',
    key.revoked ? 'revoked' : formatTime(key.expires_at, 'never'),
    formatTime(key.last_used_at, 'never'),
  ]);
  return formatTable(['KEY ID', 'NAME', 'ROLE', 'CAMERAS', 'ENDS', 'LAST USED'], rows);
}

function rotateCommand(): Command {
  const command = new Command('rotate')
    .description('Prints a new secret for a key')
    .argument('<key-id>', 'as list prints it')
    .option('--grace <seconds>', 'how long the old one still works, at most 30 days', readSeconds, 0);
  return addDataOptions(command).action(
    tellErrors(async (keyId: string, { grace, ...options }: DataOptions & { grace: number }) => {
      const params = { key_id: keyId, grace_seconds: grace };
      print(
        await withData({ ...options, mustExist: true }, (access) => access.call('rotate_api_key', params)),
      );
    }),
  );
}

function revokeCommand(): Command {
  const command = new Command('revoke')
    .description('Ends a key and what is open by it')
    .argument('<key-id>', 'as list prints it');
  return addDataOptions(command).action(
    tellErrors(async (keyId: string, options: DataOptions) => {
      await withData({ ...options, mustExist: true }, (access) =>
        access.call('revoke_api_key', { key_id: keyId }),
      );
      process.stdout.write(`${keyId} is revoked\n`);
    }),
  );
}

/** The key alone on standard output, so that a script can take it. */
function print({ key_id: keyId, key }: ToldKey): void {
  process.stderr.write(`key_id ${keyId}; the key is not told again:\n`);
  process.stdout.write(`${key}\n`);
}

function readSeconds(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number of seconds');
}

import { createToken } from '@mediamtx-camera-service/server';
import { Command, InvalidArgumentError } from 'commander';
import { addDataOptions, type DataOptions } from './options.ts';
import { roleOption, type RoleName } from './rights-options.ts';
import { tellErrors } from './tell-errors.ts';

interface Options extends DataOptions {
  role: RoleName;
  user: string;
  expires?: number;
}

export function tokenCommand(): Command {
  const create = new Command('create')
    .description('Prints a token; also while the service runs')
    .addOption(roleOption().makeOptionMandatory())
    .option('--user <name>', 'whose it is', 'cli')
    .option('--expires <time>', 'how long it lives: 30s, 15m, 24h, 7d', readDuration);
  addDataOptions(create).action(
    tellErrors(async (options: Options) => {
      const token = await createToken({
        role: options.role,
        user: options.user,
        expiresInSeconds: options.expires,
        configFile: options.config,
        dataDir: options.dataDir,
        env: process.env,
      });
      process.stdout.write(`${token}\n`);
    }),
  );
  return new Command('token').description('Tokens for programs and people').addCommand(create);
}

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

function readDuration(text: string): number {
  const match = /^([1-9]\d{0,6})([smhd])$/.exec(text);
  if (!match) throw new InvalidArgumentError('a time is a number and a unit: 30s, 15m, 24h, 7d');
  return Number(match[1]) * unitSeconds[match[2]!]!;
}

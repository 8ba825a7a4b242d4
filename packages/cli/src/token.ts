import { ConfigError, configExitCode, createToken } from '@mediamtx-camera-service/server';
import { Command, InvalidArgumentError, Option } from 'commander';

interface Options {
  role: 'viewer' | 'operator' | 'admin';
  user: string;
  expires?: number;
  config?: string;
  dataDir?: string;
}

export function tokenCommand(): Command {
  const create = new Command('create')
    .description('Prints a token; also while the service runs')
    .addOption(
      new Option('--role <role>', 'what it may do')
        .choices(['viewer', 'operator', 'admin'])
        .makeOptionMandatory(),
    )
    .option('--user <name>', 'whose it is', 'cli')
    .option('--expires <time>', 'how long it lives: 30s, 15m, 24h, 7d', readDuration)
    .option('--config <file>', 'configuration (YAML)')
    .option('--data-dir <dir>', 'the data directory of the service')
    .action(async (options: Options) => {
      try {
        const token = await createToken({
          role: options.role,
          user: options.user,
          expiresInSeconds: options.expires,
          configFile: options.config,
          dataDir: options.dataDir,
          env: process.env,
        });
        process.stdout.write(`${token}\n`);
      } catch (error) {
        const problems =
          error instanceof ConfigError
            ? error.problems
            : [error instanceof Error ? error.message : String(error)];
        process.stderr.write(problems.map((line) => `camera-service: ${line}\n`).join(''));
        process.exitCode = error instanceof ConfigError ? configExitCode : 1;
      }
    });
  return new Command('token').description('Tokens for programs and people').addCommand(create);
}

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

function readDuration(text: string): number {
  const match = /^([1-9]\d{0,6})([smhd])$/.exec(text);
  if (!match) throw new InvalidArgumentError('a time is a number and a unit: 30s, 15m, 24h, 7d');
  return Number(match[1]) * unitSeconds[match[2]!]!;
}

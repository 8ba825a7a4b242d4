import { ConfigKeeper, loadConfig, strayVariables } from '@mediamtx-camera-service/server';
import { Command } from 'commander';
import { tellErrors } from './tell-errors.ts';

interface ShowOptions {
  config?: string;
  dataDir?: string;
  json?: true;
}

export function configCommand(): Command {
  const show = new Command('show')
    .description('Prints the configuration that a start would take, with where each value comes from')
    .option('--config <file>', 'configuration (YAML)')
    .option('--data-dir <dir>', 'the data directory of the service')
    .option('--json', 'as get_config answers')
    .action(
      tellErrors(async (options: ShowOptions) => {
        process.stdout.write(showConfig(options));
      }),
    );
  const check = new Command('check')
    .description('Says all that is wrong with a file; exit code 78 where something is')
    .argument('<file>', 'configuration (YAML)')
    .action(
      tellErrors(async (file: string) => {
        loadConfig({ file, env: {} });
        process.stdout.write(`${file} is in order\n`);
      }),
    );
  return new Command('config').description('The configuration').addCommand(show).addCommand(check);
}

function showConfig({ config: file, dataDir, json }: ShowOptions): string {
  const keeper = new ConfigKeeper({ file, env: process.env, flags: { 'storage.data_dir': dataDir } });
  const described = keeper.describe();
  if (json) return `${JSON.stringify(described, null, 2)}\n`;
  const names = { file: 'file', environment: 'environment', command_line: 'command line' };
  const lines = Object.entries(described.config).flatMap(([section, keys]) => [
    `${section}:`,
    ...Object.entries(keys).map(([key, value]) => {
      const source = described.sources[`${section}.${key}`];
      return `  ${key}: ${JSON.stringify(value)}${source ? `  # ${names[source]}` : ''}`;
    }),
  ]);
  const stray = strayVariables(process.env).map((name) => `# ${name} names no key and is passed over`);
  return `# ${described.file}\n${[...lines, ...stray].join('\n')}\n`;
}

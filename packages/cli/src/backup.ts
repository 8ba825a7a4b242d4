import { createBackup, type Manifest } from '@mediamtx-camera-service/server';
import { Command } from 'commander';
import { interruptible } from './interruptible.ts';
import { tellErrors } from './tell-errors.ts';

interface Options {
  to: string;
  dataDir?: string;
  config?: string;
  withoutSecrets?: true;
}

export function backupCommand(): Command {
  return new Command('backup')
    .description('Writes database, configuration and secrets into one file, also while the service runs')
    .requiredOption('--to <file>', 'the archive (.tar.gz); it must not exist yet')
    .option('--data-dir <dir>', 'the data directory of the service')
    .option('--config <file>', 'configuration (YAML) that the service is started with')
    .option('--without-secrets', 'neither the token secret nor TLS keys nor passwords of the configuration')
    .action(
      tellErrors(async ({ to, dataDir, config, withoutSecrets }: Options) => {
        const sources = { file: config, env: process.env, flags: { 'storage.data_dir': dataDir } };
        const manifest = await interruptible((signal) =>
          createBackup({ to, sources, withoutSecrets: withoutSecrets === true, signal }),
        );
        process.stdout.write(`${to}\n${describeManifest(manifest)}`);
        process.stdout.write('Recordings and snapshots are not in it: copy their directories too.\n');
      }),
    );
}

/** What is in a backup, for a person. */
export function describeManifest({ version, created_at, counts, has_secrets, files }: Manifest): string {
  return [
    `  made ${created_at} by version ${version}`,
    `  ${Object.entries(counts)
      .map(([name, count]) => `${count} ${name.replace('_', ' ')}`)
      .join(', ')}`,
    `  ${files.map(({ name }) => name).join(', ')}${has_secrets ? '' : ' (without secrets)'}`,
    '',
  ].join('\n');
}

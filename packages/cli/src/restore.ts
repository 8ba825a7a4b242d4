import { restoreBackup, verifyBackup, type RestoreResult } from '@mediamtx-camera-service/server';
import { Command } from 'commander';
import { describeManifest } from './backup.ts';
import { interruptible } from './interruptible.ts';
import { tellErrors } from './tell-errors.ts';

interface Options {
  dataDir?: string;
  config?: string;
  force?: true;
  verify?: true;
}

const listedFiles = 20;

export function restoreCommand(): Command {
  return new Command('restore')
    .description('Puts a backup in place; the service must not run')
    .argument('<file>', 'what `camera-service backup` wrote')
    .option('--data-dir <dir>', 'the data directory of the service')
    .option('--config <file>', 'where the configuration goes; default: config.yaml in the data directory')
    .option('--force', 'also where there is a database already; it stays under another name')
    .option('--verify', 'checks the backup alone and changes nothing')
    .action(
      tellErrors(async (file: string, { dataDir, config, force, verify }: Options) => {
        if (verify) {
          const manifest = await interruptible((signal) => verifyBackup(file, signal));
          process.stdout.write(`${file} is whole\n${describeManifest(manifest)}`);
          return;
        }
        const sources = { file: config, env: process.env, flags: { 'storage.data_dir': dataDir } };
        const result = await interruptible((signal) =>
          restoreBackup({ file, sources, force: force === true, signal }),
        );
        process.stdout.write(describeResult(result));
      }),
    );
}

function describeResult({ manifest, dataDir, kept, missing, configProblems }: RestoreResult): string {
  return [
    `${dataDir} holds the backup now`,
    describeManifest(manifest).trimEnd(),
    ...kept.map((path) => `What was there before: ${path}`),
    ...configProblems.map((problem) => `The service will not start as it is configured: ${problem}`),
    ...missingLines('recordings', missing.recordings),
    ...missingLines('snapshots', missing.snapshots),
    '',
  ].join('\n');
}

function missingLines(kind: string, names: string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length - listedFiles;
  return [
    `${names.length} ${kind} of the catalog are not on the disk; copy their files before the next start, which forgets what has none:`,
    ...names.slice(0, listedFiles).map((name) => `  ${kind}/${name}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

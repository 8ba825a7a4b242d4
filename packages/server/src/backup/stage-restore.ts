import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { parseConfigText } from '../config/file-values.ts';
import { combine, configFileOf, configOf, type ConfigSources } from '../config/load.ts';
import { dataPaths } from '../lifecycle/data-dir.ts';
import { partPrefix, syncDirectory, syncFile } from '../store/atomic-file.ts';
import { BackupError } from './backup-error.ts';
import { checkDatabase } from './check-database.ts';
import { configName, databaseName, secretsPrefix, type Manifest } from './manifest.ts';
import { noteRestore } from './note-restore.ts';
import { unpackArchive } from './read-archive.ts';
import { commitPlan, restoreDir, type RestoreStep } from './restore-plan.ts';

export interface CommittedRestore {
  manifest: Manifest;
  configFile: string;
  /** What is there now, under the names that it gets. */
  kept: string[];
  /** Mistakes of the restored configuration. */
  configProblems: string[];
}

/**
 * Unpacks and checks an archive beside what it replaces, for whoever holds the data directory, and then writes the plan:
 * what is left to do is done by `finishHeld`, now or at the next start. Until then nothing was touched.
 */
export async function commitRestore(
  root: string,
  file: string,
  sources: ConfigSources,
): Promise<CommittedRestore> {
  const startedMs = performance.now();
  const config = configFileOf({ ...sources, flags: { 'storage.data_dir': root } });
  const unpacked = join(restoreDir(root), 'new');
  const stage: Stage = { root, unpacked, configTarget: config.path, temporary: [] };
  try {
    mkdirSync(unpacked, { recursive: true, mode: 0o700 });
    const manifest = await unpackArchive(file, unpacked);
    await checkDatabase(join(unpacked, databaseName), manifest);
    noteRestore(join(unpacked, databaseName), dataPaths(root).audit, startedMs);
    await syncFile(join(unpacked, databaseName));
    const configProblems = await problemsOfConfig(stage, config.isNamed);
    const steps = await planSteps(stage, manifest);
    await syncDirectory(unpacked);
    await syncDirectory(root);
    const replaced = steps.filter(({ from, to }) => from !== undefined && existsSync(to));
    commitPlan(root, { steps });
    return { manifest, configFile: config.path, kept: replaced.map(({ before }) => before), configProblems };
  } catch (error) {
    for (const path of [...stage.temporary, restoreDir(root)]) rmSync(path, { recursive: true, force: true });
    throw error;
  }
}

interface Stage {
  root: string;
  unpacked: string;
  configTarget: string;
  /** Files outside the data directory that go where nothing comes of it. */
  temporary: string[];
}

/** The configuration first, as a start reads it first; the database last, without the journal of the old one. */
async function planSteps(
  { root, unpacked, configTarget, temporary }: Stage,
  manifest: Manifest,
): Promise<RestoreStep[]> {
  const { database } = dataPaths(root);
  const suffix = freeSuffix([database, configTarget]);
  const steps: RestoreStep[] = [];
  const add = (to: string, from?: string): void =>
    void steps.push({ to, before: to + suffix, ...(from !== undefined && { from }) });
  for (const { name } of manifest.files) {
    const from = join(unpacked, name);
    if (name === configName) {
      const beside = join(dirname(configTarget), `${partPrefix}restore-${basename(configTarget)}`);
      temporary.push(beside);
      await copyFile(from, beside);
      await syncFile(beside);
      steps.unshift({ from: beside, to: configTarget, before: configTarget + suffix });
    } else if (name.startsWith(secretsPrefix)) {
      mkdirSync(join(root, secretsPrefix), { recursive: true, mode: 0o700 });
      add(join(root, name), from);
    }
  }
  for (const journal of ['-wal', '-shm'])
    steps.push({ to: database + journal, before: `${database}${suffix}${journal}` });
  add(database, join(unpacked, databaseName));
  return steps;
}

/** What an earlier restore has kept stays, also one of this second or of a clock that went back. */
function freeSuffix(names: readonly string[]): string {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  for (let n = 1; ; n++) {
    const suffix = `.before-restore-${time}${n === 1 ? '' : `-${n}`}`;
    if (!names.some((name) => existsSync(name + suffix))) return suffix;
  }
}

/** Throws where its place would make it useless; other mistakes are the owner's to mend. */
async function problemsOfConfig(
  { root, unpacked, configTarget }: Stage,
  isNamed: boolean,
): Promise<string[]> {
  const staged = join(unpacked, configName);
  if (!existsSync(staged)) return [];
  try {
    const values = parseConfigText(await readFile(staged, 'utf8'), configTarget);
    const section = values['storage'] as { data_dir?: unknown } | undefined;
    if (!isNamed && section?.data_dir !== undefined)
      throw new BackupError(
        'the configuration in it says storage.data_dir, so it can not stand in the data directory: give its place by --config',
      );
    const file = { path: configTarget, isNamed };
    const { storage } = configOf(combine({ env: {} }, values, file), file);
    if (!isNamed || storage.data_dir === root) return [];
    return [`storage.data_dir: is ${storage.data_dir}, and the backup was restored into ${root}`];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

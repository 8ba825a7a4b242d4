import { accessSync, constants, existsSync, mkdirSync, rmSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { create } from 'tar';
import { ConfigError } from '../config/config-error.ts';
import { noteCommandIn } from '../audit/command-log.ts';
import { editConfigText } from '../config/edit-text.ts';
import { configKeys, isSecret } from '../config/keys.ts';
import { configFileOf, type ConfigSources } from '../config/load.ts';
import { errnoOf, messageOf } from '../errors.ts';
import { dataPaths } from '../lifecycle/data-dir.ts';
import { partPrefix, publishFile, syncFile } from '../store/atomic-file.ts';
import { openRawDatabase } from '../store/database.ts';
import { migrations } from '../store/migrations.ts';
import { remedyFor } from '../store/remedies.ts';
import { serviceVersion } from '../version.ts';
import { BackupError } from './backup-error.ts';
import { dataDirOf } from './data-dir-of.ts';
import {
  configName,
  databaseName,
  describeDatabase,
  manifestName,
  readManifest,
  secretsPrefix,
  sha256Of,
  type Manifest,
} from './manifest.ts';
import { isRestorePending } from './restore-plan.ts';

export interface CreateBackupOptions {
  /** Where data directory and configuration file are, as the service is told. */
  sources: ConfigSources;
  /** The archive (`.tar.gz`); an existing one is not replaced. */
  to: string;
  /** Leaves out `secrets/`, and the secrets of the configuration file. */
  withoutSecrets?: boolean;
  /** For a process that is about to end: what is half done is gone when `abort` returns. */
  signal?: AbortSignal;
}

/**
 * Writes what the service needs to go on elsewhere into one file, readable by its owner alone: the database as of one
 * moment, the configuration file, the secrets; not the pictures. The service may run. Throws {@link BackupError}.
 */
export async function createBackup(options: CreateBackupOptions): Promise<Manifest> {
  const startedMs = performance.now();
  const { sources, to, signal } = options;
  const { root, database } = dataPaths(dataDirOf(sources));
  const target = resolve(to);
  if (existsSync(target)) throw new BackupError(`${target} exists already: choose another name`);
  if (isRestorePending(root))
    throw new BackupError(`a restore into ${root} was cut off: start the service, which finishes it, first`);
  assertReadable(database, root);
  const staging = await makeStaging(dirname(target));
  const discard = (): void => rmSync(staging, { recursive: true, force: true, maxRetries: 3 });
  signal?.addEventListener('abort', discard);
  try {
    const manifest = await fillArchive(options, { root, database, staging, target });
    // An older schema is the next start's to change, not a backup's.
    if (manifest.schema_version === migrations.length)
      noteCommandIn(root, { method: 'camera-service backup', startedMs });
    return manifest;
  } catch (error) {
    if (error instanceof BackupError || error instanceof ConfigError) throw error;
    throw new BackupError(`${target} can't be written: ${messageOf(error)}`, { cause: error });
  } finally {
    signal?.removeEventListener('abort', discard);
    discard();
  }
}

function assertReadable(database: string, root: string): void {
  try {
    accessSync(database, constants.R_OK);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT')
      throw new BackupError(`there is no database in ${root}: give the right --data-dir`);
    throw new BackupError(`${database} can't be read (${errnoOf(error)}): ${remedyFor(error)}`, {
      cause: error,
    });
  }
}

interface Places {
  root: string;
  database: string;
  staging: string;
  target: string;
}

async function fillArchive(
  { sources, withoutSecrets = false }: CreateBackupOptions,
  { root, database, staging, target }: Places,
): Promise<Manifest> {
  copyDatabase(database, join(staging, databaseName));
  await stageConfig(configFileOf(sources).path, staging, withoutSecrets);
  if (!withoutSecrets) await stageSecrets(join(root, 'secrets'), staging);
  const manifest = await describe(staging, withoutSecrets);
  if (manifest.schema_version === 0)
    throw new BackupError(`${database} holds nothing yet: start the service once`);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  // A backup that no restore would take is none.
  readManifest(text);
  await writeFile(join(staging, manifestName), text);
  await pack(staging, manifest, target);
  return manifest;
}

async function makeStaging(directory: string): Promise<string> {
  try {
    return await mkdtemp(join(directory, `${partPrefix}backup-`));
  } catch (error) {
    throw new BackupError(`${directory} can't be written to (${errnoOf(error) ?? messageOf(error)})`, {
      cause: error,
    });
  }
}

/** One consistent copy, whoever writes meanwhile. */
function copyDatabase(from: string, to: string): void {
  const db = openRawDatabase(from);
  try {
    db.exec('PRAGMA busy_timeout = 10000');
    db.prepare('VACUUM INTO ?').run(to);
  } catch (error) {
    throw new BackupError(`the database ${from} can't be copied: ${messageOf(error)}`, { cause: error });
  } finally {
    db.close();
  }
}

async function stageConfig(file: string, staging: string, withoutSecrets: boolean): Promise<void> {
  if (!existsSync(file)) return;
  const text = await readFile(file, 'utf8');
  const secretPaths = configKeys().filter(isSecret);
  const changes = Object.fromEntries(secretPaths.map(({ path }) => [path, null]));
  await writeFile(join(staging, configName), withoutSecrets ? editConfigText(text, changes, file) : text, {
    mode: 0o600,
  });
}

async function stageSecrets(directory: string, staging: string): Promise<void> {
  if (!existsSync(directory)) return;
  mkdirSync(join(staging, secretsPrefix), { mode: 0o700 });
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isFile() && /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(entry.name))
      await copyFile(join(directory, entry.name), join(staging, secretsPrefix, entry.name));
  }
}

async function describe(staging: string, withoutSecrets: boolean): Promise<Manifest> {
  const names = [databaseName, configName].filter((name) => existsSync(join(staging, name)));
  if (existsSync(join(staging, secretsPrefix)))
    names.push(...(await readdir(join(staging, secretsPrefix))).map((name) => secretsPrefix + name));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(staging, name);
      return { name, size: (await stat(path)).size, sha256: await sha256Of(path) };
    }),
  );
  return {
    format: 1,
    version: serviceVersion,
    ...describeDatabase(join(staging, databaseName)),
    created_at: new Date().toISOString(),
    has_secrets: !withoutSecrets,
    files,
  };
}

async function pack(staging: string, manifest: Manifest, target: string): Promise<void> {
  // A name that nothing in it has, whatever the archive is called.
  const archive = join(staging, `${partPrefix}archive`);
  const names = [manifestName, ...manifest.files.map(({ name }) => name)];
  // Made before, so that nobody else can read it at any moment.
  await writeFile(archive, '', { mode: 0o600, flag: 'wx' });
  await create({ file: archive, cwd: staging, gzip: true, portable: true, strict: true }, names);
  await syncFile(archive);
  await publishFile(archive, target);
}

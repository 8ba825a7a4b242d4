import { accessSync, constants, existsSync, rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigSources } from '../config/load.ts';
import { errnoOf } from '../errors.ts';
import { DataDir } from '../lifecycle/data-dir.ts';
import { BackupError } from './backup-error.ts';
import { checkDatabase } from './check-database.ts';
import { dataDirOf } from './data-dir-of.ts';
import { databaseName, type Manifest } from './manifest.ts';
import { findMissingFiles, type MissingFiles } from './missing-files.ts';
import { unpackArchive } from './read-archive.ts';
import { finishHeld, isRestorePending, restoreDir } from './restore-plan.ts';
import { commitRestore } from './stage-restore.ts';

export interface RestoreOptions {
  /** The archive. */
  file: string;
  /** Where data directory and configuration file are, as the service is told. */
  sources: ConfigSources;
  /** Also where there is a database already; it stays under another name. */
  force?: boolean;
  /** For a process that is about to end: what is half done is gone when `abort` returns. */
  signal?: AbortSignal;
}

export interface RestoreResult {
  manifest: Manifest;
  dataDir: string;
  configFile: string;
  /** What was there before, under its new names. */
  kept: string[];
  missing: MissingFiles;
  /** Mistakes of the restored configuration; the service does not start with them. */
  configProblems: string[];
}

/** Checks an archive as a restore would, and touches nothing. `signal` as in a restore. Throws {@link BackupError}. */
export async function verifyBackup(file: string, signal?: AbortSignal): Promise<Manifest> {
  const directory = await mkdtemp(join(tmpdir(), 'camera-service-verify-'));
  const discard = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  signal?.addEventListener('abort', discard);
  try {
    const manifest = await unpackArchive(file, directory);
    await checkDatabase(join(directory, databaseName), manifest);
    return manifest;
  } finally {
    signal?.removeEventListener('abort', discard);
    discard();
  }
}

/**
 * Puts a backup in the place of what a data directory holds. All is unpacked and checked beside it first; then each file
 * is replaced in one step, by a plan that a later start carries out where this process is killed. What the backup does
 * not hold stays as it is. Throws {@link BackupError}, and DataDirError while the service runs.
 */
export async function restoreBackup({
  file,
  sources,
  force = false,
  signal,
}: RestoreOptions): Promise<RestoreResult> {
  assertReadable(file);
  const root = dataDirOf(sources);
  assertOwn(root);
  const dataDir = DataDir.acquire(root);
  const discard = (): void => {
    if (!isRestorePending(root)) rmSync(restoreDir(root), { recursive: true, force: true, maxRetries: 3 });
  };
  signal?.addEventListener('abort', discard);
  try {
    finishHeld(root);
    if (existsSync(dataDir.paths.database) && !force)
      throw new BackupError(
        `${root} holds a database already: --force puts the backup in its place, and keeps it under another name`,
      );
    const { kept, ...committed } = await commitRestore(root, file, sources);
    finishHeld(root);
    return { ...committed, dataDir: root, kept, missing: findMissingFiles(dataDir.paths) };
  } finally {
    signal?.removeEventListener('abort', discard);
    dataDir.release();
  }
}

/** Before anything is made where it should go. */
function assertReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new BackupError(`${file} can't be read (${errnoOf(error)})`, { cause: error });
  }
}

/** Files of another user could not be opened by the service that runs as its owner. */
function assertOwn(root: string): void {
  if (!existsSync(root) || process.getuid === undefined) return;
  const { uid } = statSync(root);
  if (uid !== process.getuid())
    throw new BackupError(`${root} belongs to another user (${uid}): run the restore as that user`);
}

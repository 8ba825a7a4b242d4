import { existsSync } from 'node:fs';
import { stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { AppError, errnoOf, messageOf, notFound } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import { isBeingClosed, isProtected } from '../recordings/errors.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import { syncDirectory } from '../store/atomic-file.ts';
import type { FileKind } from '../store/kept-files.ts';
import type { RecordingStore } from '../store/recordings.ts';
import type { SnapshotStore } from '../store/snapshots.ts';
import { asStorageError } from '../store/storage-error.ts';

export interface FileName {
  kind: FileKind;
  filename: string;
}

export interface DeletedFile extends FileName {
  device: string;
  size: number;
}

export interface Deletion {
  deleted: DeletedFile[];
  failures: { file: FileName; error: unknown }[];
}

/** Why a file is gone: a call, the retention policy, its camera was forgotten, or somebody had removed it by hand. */
export type DeletionReason = 'request' | 'retention' | 'forgotten' | 'missing';

export interface KeptFilesDeps {
  recordings: Pick<Recordings, 'pathOf' | 'isBeingClosed'>;
  recordingStore: Pick<RecordingStore, 'find' | 'remove'>;
  snapshots: Pick<Snapshots, 'pathOf'>;
  snapshotStore: Pick<SnapshotStore, 'find' | 'remove'>;
  /** Runs what must not meet a merge of two cameras, whose files are on their way to another directory. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  events: Pick<EventLog, 'append'>;
  log: Logger;
}

/** A file as the catalog has it, now. */
interface Entry extends DeletedFile {
  path: string;
}

const topics = { recordings: 'recording.deleted', snapshots: 'snapshot.deleted' } as const;

/**
 * Deletes files of the catalog one by one. The file goes first, for good (also after a power cut), and then its row: cut
 * off in between, the start takes the row out, while a file without a row would come back as a recording. A download
 * that is under way reads on: its file is open.
 */
export class KeptFiles {
  readonly #deps: KeptFilesDeps;

  constructor(deps: KeptFilesDeps) {
    this.#deps = deps;
  }

  /** Throws `not_found`, `invalid_state` for one that must stay, or what the file system has against it. */
  async delete(file: FileName): Promise<DeletedFile> {
    const { deleted, failures } = await this.deleteAll([file], 'request');
    if (failures[0]) throw failures[0].error;
    if (!deleted[0]) throw unknownFile(file);
    return deleted[0];
  }

  /** Those that are gone already are in neither list. */
  deleteAll(files: readonly FileName[], reason: 'request' | 'retention'): Promise<Deletion> {
    return this.#deps.exclusively(() => this.deleteNow(files, reason));
  }

  /** {@link deleteAll} for what runs exclusively already. */
  async deleteNow(files: readonly FileName[], reason: DeletionReason): Promise<Deletion> {
    const failures: Deletion['failures'] = [];
    const unlinked: Entry[] = [];
    for (const file of files) {
      try {
        const entry = this.#find(file);
        if (!entry) continue;
        this.#assertDeletable(entry);
        await unlinkIfThere(entry.path);
        unlinked.push(entry);
      } catch (error) {
        failures.push({ file, error: asDeletionError(error, file) });
      }
    }
    const lasting = await this.#removeRows(unlinked, reason);
    failures.push(...lasting.failures);
    return { deleted: unlinked.filter((entry) => lasting.gone.has(entry)), failures };
  }

  /**
   * Where the file is; undefined where there is none. One that somebody has removed by hand leaves the catalog now, so
   * that lists don't tell of it any longer.
   */
  async locate(file: FileName): Promise<string | undefined> {
    const entry = this.#find(file);
    if (!entry) return undefined;
    if (await exists(entry.path)) return entry.path;
    return this.#deps
      .exclusively(async () => this.#mend(file))
      .catch((error: unknown) => {
        this.#deps.log.warn(
          { err: error, ...file },
          'a file that is missing could not be taken out of the catalog',
        );
        return undefined;
      });
  }

  /** It may have been on its way to another directory when it was missed. */
  async #mend(file: FileName): Promise<string | undefined> {
    const entry = this.#find(file);
    if (!entry) return undefined;
    if (await exists(entry.path)) return entry.path;
    // With the whole directory gone it is rather a disk that is not mounted, and comes back with its files.
    if (existsSync(dirname(entry.path))) this.#removeRow(entry, 'missing');
    return undefined;
  }

  /** Where the end of a file would not last, its row stays. */
  async #removeRows(
    entries: readonly Entry[],
    reason: DeletionReason,
  ): Promise<{ gone: Set<Entry>; failures: Deletion['failures'] }> {
    const gone = new Set<Entry>();
    const failures: Deletion['failures'] = [];
    for (const dir of new Set(entries.map(({ path }) => dirname(path)))) {
      const ofDir = entries.filter(({ path }) => dirname(path) === dir);
      try {
        await syncDirectory(dir);
        for (const entry of ofDir) {
          this.#removeRow(entry, reason);
          gone.add(entry);
        }
      } catch (error) {
        const rest = ofDir.filter((entry) => !gone.has(entry));
        failures.push(...rest.map((file) => ({ file, error: asDeletionError(error, file) })));
      }
    }
    return { gone, failures };
  }

  #removeRow({ kind, filename, device, size }: Entry, reason: DeletionReason): void {
    const { recordingStore, snapshotStore, events, log } = this.#deps;
    (kind === 'recordings' ? recordingStore : snapshotStore).remove(filename);
    log[reason === 'retention' || reason === 'forgotten' ? 'debug' : 'info'](
      { filename, device, reason },
      'a file was deleted',
    );
    events.append(topics[kind], { device, filename, file_size: size, reason }, device);
  }

  #assertDeletable({ kind, filename }: Entry): void {
    const row = kind === 'recordings' && this.#deps.recordingStore.find(filename);
    if (!row) return;
    if (row.protected === 1) throw isProtected(filename);
    if (this.#deps.recordings.isBeingClosed(row)) throw isBeingClosed(row.device, row.session_id);
  }

  #find({ kind, filename }: FileName): Entry | undefined {
    const { recordings, recordingStore, snapshots, snapshotStore } = this.#deps;
    if (kind === 'recordings') {
      const row = recordingStore.find(filename);
      return row && { kind, filename, device: row.device, size: row.size, path: recordings.pathOf(row) };
    }
    const row = snapshotStore.find(filename);
    return row && { kind, filename, device: row.device, size: row.size, path: snapshots.pathOf(row) };
  }
}

/** One that is not in the catalog, or is of a camera that is hidden from the caller. */
export function unknownFile({ kind, filename }: FileName): AppError {
  const suggestion = `list_${kind} tells which there are.`;
  return notFound(kind === 'recordings' ? 'recording' : 'snapshot', filename, suggestion);
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function asDeletionError(error: unknown, { filename }: FileName): unknown {
  return asFileError(error, { reason: 'not_deleted', what: `${filename} could not be deleted` });
}

/** What the file system has against a change, as the contract names it. */
export function asFileError(error: unknown, { reason, what }: { reason: string; what: string }): unknown {
  const known = asStorageError(error, what);
  if (known instanceof AppError) return known;
  const detail = messageOf(error);
  return new AppError(
    'dependency_failed',
    {
      reason,
      dependency: 'storage',
      detail,
      details: `${what}: ${detail}`,
      suggestion: 'Look at the disk of storage.data_dir, and try again.',
    },
    { cause: error },
  );
}

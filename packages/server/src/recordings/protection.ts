import type { Logger } from 'pino';
import type { EventLog } from '../events/event-log.ts';
import { asFileError, unknownFile, type KeptFiles } from '../retention/kept-files.ts';
import type { RecordingRow, RecordingStore, SessionRow } from '../store/recordings.ts';
import { isMarked, mark, unmark } from './protection-mark.ts';
import type { Recordings } from './recordings.ts';

export interface RecordingProtectionDeps {
  store: Pick<RecordingStore, 'find' | 'findSession' | 'setProtected'>;
  recordings: Pick<Recordings, 'pathOf'>;
  keptFiles: Pick<KeptFiles, 'locate'>;
  /** Runs what must not meet a merge of two cameras or a deletion. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  events: Pick<EventLog, 'append'>;
  log: Logger;
}

/**
 * Protects recordings. The mark beside the file changes first, for good, and then the row: cut off in between, or with the
 * database lost, the next start protects what either of them says is protected. A recording that runs has the mark alone;
 * its closing looks at it in the same turn in which it writes the row, so no change falls between the two.
 */
export class RecordingProtection {
  readonly #deps: RecordingProtectionDeps;

  constructor(deps: RecordingProtectionDeps) {
    this.#deps = deps;
  }

  /** Of a recording that is closed, is being closed or runs. Throws `not_found`, or what the file system has against it. */
  async set(filename: string, isProtected: boolean): Promise<void> {
    const { store, keptFiles, exclusively } = this.#deps;
    const file = { kind: 'recordings' as const, filename };
    if (store.find(filename) && (await keptFiles.locate(file)) === undefined) throw unknownFile(file);
    await exclusively(() => this.#set(filename, isProtected));
  }

  /** Whether one that is not closed yet is to be. */
  isMarked(session: SessionRow): boolean {
    return isMarked(this.#deps.recordings.pathOf(session));
  }

  async #set(filename: string, isProtected: boolean): Promise<void> {
    const { store, recordings, events, log } = this.#deps;
    const { entry } = this.#find(filename);
    const path = recordings.pathOf(entry);
    const wasProtected = 'protected' in entry ? entry.protected === 1 : isMarked(path);
    try {
      await (isProtected ? mark(path) : unmark(path));
      const { isClosed } = this.#find(filename);
      if (isClosed) store.setProtected(filename, isProtected);
    } catch (error) {
      throw asFileError(error, {
        reason: 'not_changed',
        what: `the protection of ${filename} could not be changed`,
      });
    }
    if (isProtected === wasProtected) return;
    const { device } = entry;
    log.info({ filename, device, isProtected }, 'the protection of a recording was changed');
    events.append('recording.updated', { device, filename, protected: isProtected }, device);
  }

  #find(filename: string): { entry: RecordingRow | SessionRow; isClosed: boolean } {
    const { store } = this.#deps;
    const row = store.find(filename);
    const entry = row ?? store.findSession(filename);
    if (!entry) throw unknownFile({ kind: 'recordings', filename });
    return { entry, isClosed: row !== undefined };
  }
}

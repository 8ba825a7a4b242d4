import { randomUUID } from 'node:crypto';
import type { RecordingFormat } from '@mediamtx-camera-service/protocol';
import type { Logger } from 'pino';
import { fileStem } from '../store/file-stem.ts';
import type { RecordingStore, SessionRow } from '../store/recordings.ts';
import { asStorageError } from '../store/storage-error.ts';
import { extensions } from './layout.ts';

export interface StartOptions {
  durationSeconds: number | null;
  format: RecordingFormat;
}

export interface KeptSessionsDeps {
  store: Pick<RecordingStore, 'sessions' | 'addSession' | 'setClosing' | 'removeSession' | 'find'>;
  now: () => number;
  log: Logger;
}

/** The recordings that are wanted or being closed, as the database keeps them: they outlive the service. */
export class KeptSessions {
  readonly #deps: KeptSessionsDeps;

  constructor(deps: KeptSessionsDeps) {
    this.#deps = deps;
  }

  /** Under a file name that no recording has. Throws storage errors. */
  add(device: string, { durationSeconds, format }: StartOptions): SessionRow {
    const row: SessionRow = {
      session_id: randomUUID(),
      device,
      filename: this.#freeName(device, format),
      format,
      duration: durationSeconds,
      started_at: this.#deps.now(),
      state: 'recording',
    };
    try {
      this.#deps.store.addSession(row);
    } catch (error) {
      throw asStorageError(error, 'the recording could not be started');
    }
    return row;
  }

  /** What the last run left, and whether it is to go on. */
  left(): { row: SessionRow; isWanted: boolean }[] {
    return this.#deps.store
      .sessions()
      .map((row) => ({ row, isWanted: row.state === 'recording' && !this.#isOver(row) }));
  }

  /** On a full disk it can't be marked, and must end all the same; a start before it is closed would take it up again. */
  markClosing({ session_id: id, device }: SessionRow): void {
    try {
      this.#deps.store.setClosing(id);
    } catch (error) {
      this.#deps.log.warn({ err: error, device }, 'a recording could not be marked as ended');
    }
  }

  /** One that never began. */
  remove({ session_id: id }: SessionRow): void {
    this.#deps.store.removeSession(id);
  }

  #isOver(row: SessionRow): boolean {
    return row.duration !== null && row.started_at + row.duration * 1000 < this.#deps.now();
  }

  #freeName(device: string, format: RecordingFormat): string {
    const { store, now } = this.#deps;
    const taken = new Set(store.sessions().map((row) => row.filename));
    const stem = fileStem(device, now());
    for (let n = 1; ; n++) {
      const name = `${stem}${n === 1 ? '' : `-${n}`}.${extensions[format]}`;
      if (!taken.has(name) && !store.find(name)) return name;
    }
  }
}

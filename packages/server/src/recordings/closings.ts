import type { Logger } from 'pino';
import type { RecordingRow, SessionRow } from '../store/recordings.ts';
import type { RecordingAnnouncer } from './announcer.ts';
import type { RecordingCloser } from './closer.ts';

export interface ClosingsDeps {
  closer: Pick<RecordingCloser, 'close'>;
  announcer: Pick<RecordingAnnouncer, 'stopped'>;
  log: Logger;
}

/**
 * Sessions that are over and whose file is still to be made: of a recording that ends, of the last run, of a try that
 * failed. One try at a time for each camera, and whoever asks meanwhile shares it; their segments stay until it succeeds.
 */
export class Closings {
  readonly #deps: ClosingsDeps;
  readonly #left = new Map<string, SessionRow>();
  readonly #busy = new Map<string, Promise<RecordingRow | undefined>>();
  readonly #abort = new AbortController();

  constructor(deps: ClosingsDeps) {
    this.#deps = deps;
  }

  /** The camera's session that is to be closed. */
  find(device: string): SessionRow | undefined {
    return this.#left.get(device);
  }

  get isStopped(): boolean {
    return this.#abort.signal.aborted;
  }

  isBusy(device: string): boolean {
    return this.#busy.has(device);
  }

  /** Undefined where not a single frame was recorded. One that fails is kept for the next try. */
  close(row: SessionRow): Promise<RecordingRow | undefined> {
    const present = this.#busy.get(row.device);
    if (present) return present;
    this.#left.set(row.device, row);
    const closing = this.#close(row).finally(() => this.#busy.delete(row.device));
    this.#busy.set(row.device, closing);
    return closing;
  }

  /** Tries all again that wait; a failure is logged. */
  async retryAll(): Promise<void> {
    for (const row of this.#left.values()) {
      if (this.isBusy(row.device) || this.#abort.signal.aborted) continue;
      await this.close(row).catch((error: unknown) =>
        this.#deps.log.error(
          { err: error, device: row.device },
          'a recording could not be closed; it is tried again',
        ),
      );
    }
  }

  /** Cuts off what is under way; the next start takes it up. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await Promise.allSettled(this.#busy.values());
  }

  async #close(row: SessionRow): Promise<RecordingRow | undefined> {
    const { closer, announcer, log } = this.#deps;
    const recording = await closer.close(row, this.#abort.signal);
    this.#left.delete(row.device);
    log.info(
      { device: row.device, filename: row.filename, kept: recording !== undefined },
      'a recording was closed',
    );
    if (recording) announcer.stopped(recording);
    return recording;
  }
}

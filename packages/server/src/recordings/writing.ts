import { rm } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { MediaMtxController } from '../mediamtx/controller.ts';
import { isAway, isRefusal } from '../mediamtx/errors.ts';
import { delay } from '../process/delay.ts';
import { untilFilesRest } from './files-rest.ts';
import { listSegments, recordingLayout, type Segment } from './layout.ts';

export interface WritingDeps {
  recordingsDir: string;
  controller: () => Pick<MediaMtxController, 'patchRecord'>;
  now: () => number;
  log: Logger;
}

// Our own MediaMTX is ended and started anew well within it.
const hangsAtMostMs = 10_000;

/**
 * What MediaMTX writes for a camera: begun by an order, and ended for certain. One that hangs may carry out an order
 * that it was given up on, or go on with a file, so its answer is waited for; one that has died writes no more.
 */
export class Writing {
  readonly #deps: WritingDeps;
  readonly #revoking = new Map<string, Promise<void>>();
  readonly #abort = new AbortController();

  constructor(deps: WritingDeps) {
    this.#deps = deps;
  }

  begin(device: string): Promise<void> {
    return this.#deps.controller().patchRecord(device, { record: true });
  }

  /** Resolves when its files rest; never rejects. */
  async end(device: string): Promise<void> {
    const { recordingsDir, log, now } = this.#deps;
    await this.#orderEnd(device);
    // What can't be read now is looked at again, and told, when it is closed.
    await untilFilesRest(recordingLayout(recordingsDir, device).segmentsDir, now).catch((error: unknown) =>
      log.warn({ err: error, device }, 'the end of a recording could not be looked at'),
    );
  }

  /** Takes back an order to begin that failed, for it may be carried out all the same. Returns at once. */
  revoke(device: string): void {
    const revoking = this.#endUnwanted(device)
      .catch((error: unknown) => this.#deps.log.error({ err: error, device }, 'a file could not be removed'))
      .finally(() => this.#revoking.delete(device));
    this.#revoking.set(device, revoking);
  }

  /** Before a camera is recorded: nothing may be written any more, or what comes next would go on in its file. */
  async clear(device: string): Promise<void> {
    await this.#revoking.get(device);
    if ((await this.#segmentsOf(device)).length > 0) await this.#endUnwanted(device);
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.#abort.abort();
  }

  async #endUnwanted(device: string): Promise<void> {
    await this.end(device);
    for (const { path } of await this.#segmentsOf(device)) {
      await rm(path, { force: true });
      this.#deps.log.warn({ path }, 'what was written while no recording was wanted was removed');
    }
  }

  #segmentsOf(device: string): Promise<Segment[]> {
    return listSegments(recordingLayout(this.#deps.recordingsDir, device).segmentsDir);
  }

  async #orderEnd(device: string): Promise<void> {
    const { controller, log, now } = this.#deps;
    const { signal } = this.#abort;
    const until = now() + hangsAtMostMs;
    for (;;) {
      try {
        await controller().patchRecord(device, { record: false });
        return;
      } catch (error) {
        if (isAway(error) || isRefusal(error) || now() > until || signal.aborted) {
          log.debug({ err: error, device }, 'MediaMTX is away while a recording ends');
          return;
        }
      }
      await delay(100, signal);
    }
  }
}

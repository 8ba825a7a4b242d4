import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { EventLog } from '../events/event-log.ts';
import type { KeptFile, KeptFileStore } from '../store/kept-files.ts';
import type { KeptFiles } from './kept-files.ts';
import { chooseFiles, type RetentionLimits } from './policy.ts';
import { limitsOf, type RetentionConfig } from './settings.ts';

export interface RetentionCleanerDeps {
  store: Pick<KeptFileStore, 'oldest' | 'use'>;
  files: Pick<KeptFiles, 'deleteAll'>;
  /** As it is in effect when it is asked. */
  config: () => RetentionConfig;
  events: Pick<EventLog, 'onEvent'>;
  now?: () => number;
  log: Logger;
}

export interface CleanupOptions {
  isDryRun: boolean;
  /** Only files of these cameras go, of all that the policy lets go. */
  cameras?: readonly string[] | undefined;
}

export interface Cleanup {
  /** What went; in a dry run, what would go. */
  count: number;
  bytes: number;
  /** The first of them. */
  filenames: string[];
  /** How many could not be deleted. */
  failed: number;
}

const intervalMs = 600_000;
// A recording that closes often comes with others.
const settleMs = 2_000;
const pageSize = 500;
// What is deleted before others have their turn again; also what a stop waits for.
const stepSize = 20;
const toldNames = 100;

/**
 * Keeps files to the retention policy: by itself where that is enabled (at the start, every ten minutes, when a
 * recording was closed), and when it is called. One run at a time, in small steps between which everything else goes on.
 */
export class RetentionCleaner {
  readonly #deps: RetentionCleanerDeps;
  readonly #now: () => number;
  readonly #abort = new AbortController();
  readonly #waiting = new Map<string, Promise<Cleanup>>();
  #last: Promise<unknown> = Promise.resolve();
  #interval: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #unlisten: (() => void) | undefined;

  constructor(deps: RetentionCleanerDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  start(): void {
    this.#unlisten = this.#deps.events.onEvent(({ topic }) => {
      if (topic === 'recording.stop') this.schedule();
    });
    this.#interval = setInterval(() => this.schedule(), intervalMs);
    this.#interval.unref();
    this.schedule();
  }

  /** Ends a run after its present step. */
  async stop(): Promise<void> {
    this.#unlisten?.();
    clearInterval(this.#interval);
    clearTimeout(this.#soon);
    this.#abort.abort();
    await this.#last;
  }

  /** A run of its own accord, in a moment, where the policy wants that. */
  schedule(): void {
    if (this.#soon || this.#abort.signal.aborted) return;
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      void this.#runByItself();
    }, settleMs);
    this.#soon.unref();
  }

  /**
   * Undefined where the policy sets no limit. Two calls for the same share a run. Throws where files should go and none
   * could be deleted.
   */
  clean(options: CleanupOptions): Promise<Cleanup | undefined> {
    const limits = limitsOf(this.#deps.config());
    if (!limits) return Promise.resolve(undefined);
    const key = JSON.stringify({ ...options, limits });
    const waiting = this.#waiting.get(key);
    if (waiting) return waiting;
    const run = this.#last.then(() => this.#clean(options, limits)).finally(() => this.#waiting.delete(key));
    this.#waiting.set(key, run);
    // Whoever asked is told of a failure; the next one tries anew.
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #runByItself(): Promise<void> {
    const { config, log } = this.#deps;
    const { enabled, policy_type: type } = config();
    if (!enabled || type === 'manual') return;
    try {
      const cleanup = await this.clean({ isDryRun: false });
      if (!cleanup || cleanup.count + cleanup.failed === 0) return;
      const { count, bytes, failed } = cleanup;
      log.info({ count, bytes, failed }, 'old files were deleted by the retention policy');
    } catch (error) {
      log.error({ err: error }, 'old files could not be deleted');
    }
  }

  async #clean({ isDryRun, cameras }: CleanupOptions, limits: RetentionLimits): Promise<Cleanup> {
    const { files, log } = this.#deps;
    const cleanup: Cleanup = { count: 0, bytes: 0, filenames: [], failed: 0 };
    let firstError: unknown;
    for await (const step of this.#choose(limits, cameras)) {
      const { deleted, failures } = isDryRun
        ? { deleted: step, failures: [] }
        : await files.deleteAll(step, 'retention');
      note(cleanup, deleted);
      for (const { file, error } of failures) {
        firstError ??= error;
        cleanup.failed++;
        log.warn({ err: error, ...file }, 'a file could not be deleted by the retention policy');
      }
    }
    if (firstError && cleanup.count === 0) throw firstError;
    return cleanup;
  }

  /** What goes, in steps. */
  async *#choose(
    limits: RetentionLimits,
    cameras: readonly string[] | undefined,
  ): AsyncGenerator<KeptFile[]> {
    const { store } = this.#deps;
    const now = this.#now();
    let totalBytes = store.use('recordings').bytes + store.use('snapshots').bytes;
    let after: KeptFile | undefined;
    for (;;) {
      const page = store.oldest(after, pageSize);
      const choice = chooseFiles(page, { limits, now, totalBytes });
      const going = choice.chosen.filter(({ device }) => cameras?.includes(device) ?? true);
      for (let at = 0; at < going.length; at += stepSize) {
        if (this.#abort.signal.aborted) return;
        yield going.slice(at, at + stepSize);
        await setImmediate();
      }
      if (choice.isDone || page.length < pageSize || this.#abort.signal.aborted) return;
      ({ totalBytes } = choice);
      after = page.at(-1);
      await setImmediate();
    }
  }
}

function note(cleanup: Cleanup, files: readonly { filename: string; size: number }[]): void {
  cleanup.count += files.length;
  cleanup.bytes += files.reduce((sum, { size }) => sum + size, 0);
  const names = files.map(({ filename }) => filename);
  cleanup.filenames.push(...names.slice(0, toldNames - cleanup.filenames.length));
}

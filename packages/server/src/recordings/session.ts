import { watch, type FSWatcher } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delay } from '../process/delay.ts';
import type { SessionRow } from '../store/recordings.ts';
import { readFmp4 } from './fmp4.ts';
import { listSegments, type Segment } from './layout.ts';

export interface SessionDeps {
  row: SessionRow;
  segmentsDir: string;
  /** From the picture being live until the file must be there, in milliseconds. */
  startTimeoutMs: number;
  /** Whether the camera's picture is live; the file can't come before. */
  isLive: () => boolean;
  /** Why there is no picture, in words. */
  whyNotLive: () => string;
  onStarted: (firstFrameAt: number) => void;
  onTrouble: (reason: string) => void;
  /** Its time is over. */
  onDue: () => void;
  /** Added to a timed recording, in milliseconds. */
  marginMs: number;
  now: () => number;
}

/**
 * A recording that runs: it waits for the file to be really there, tells trouble when it isn't, and ends by itself when
 * its time is over. A timed recording counts from its first frame.
 */
export class RecordingSession {
  readonly row: SessionRow;
  readonly #deps: SessionDeps;
  readonly #abort = new AbortController();
  #firstFrameAt: number | undefined;
  #dueTimer: NodeJS.Timeout | undefined;
  #watching: Promise<void> | undefined;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.row = deps.row;
  }

  get firstFrameAt(): number | undefined {
    return this.#firstFrameAt;
  }

  /** Seconds since the first frame; 0 before it. */
  get elapsedSeconds(): number {
    if (this.#firstFrameAt === undefined) return 0;
    return Math.max(0, (this.#deps.now() - this.#firstFrameAt) / 1000);
  }

  start(): void {
    this.#watching ??= this.#watchForFile();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#dueTimer);
    await this.#watching;
  }

  async #watchForFile(): Promise<void> {
    const { signal } = this.#abort;
    const { segmentsDir, startTimeoutMs, isLive, whyNotLive, onStarted, onTrouble, now } = this.#deps;
    await mkdir(segmentsDir, { recursive: true });
    const changes = new DirectoryChanges(segmentsDir);
    try {
      const startedAt = now();
      let liveSince: number | undefined;
      let hasTold = false;
      while (!signal.aborted) {
        const segment = await this.#findStarted();
        if (segment) {
          this.#begin(segment.startMs);
          onStarted(segment.startMs);
          return;
        }
        if (isLive()) liveSince ??= now();
        const waited = now() - (liveSince ?? startedAt);
        // A camera that is being opened gets its own time; the file's time counts from the picture.
        if (!hasTold && waited > startTimeoutMs) {
          hasTold = true;
          onTrouble(liveSince === undefined ? whyNotLive() : 'MediaMTX has written no file');
        }
        await changes.next(hasTold ? 1_000 : 100, signal);
      }
    } finally {
      changes.close();
    }
  }

  /** The first segment with a complete fragment. */
  async #findStarted(): Promise<Segment | undefined> {
    for (const segment of await listSegments(this.#deps.segmentsDir)) {
      // A file may vanish between the list and the look, when the session is being closed.
      if (await readFmp4(segment.path).catch(() => undefined)) return segment;
    }
    return undefined;
  }

  #begin(firstFrameAt: number): void {
    this.#firstFrameAt = firstFrameAt;
    const { duration } = this.row;
    if (duration === null) return;
    // A part that is under way when it ends is cut, so it ends one later: a recording is never shorter than asked.
    const remainingMs = firstFrameAt + duration * 1000 + this.#deps.marginMs - this.#deps.now();
    this.#dueTimer = setTimeout(() => this.#deps.onDue(), Math.max(0, remainingMs));
  }
}

/** Wakes at the next change in a directory, or after a while: an event may be missed on some file systems. */
class DirectoryChanges {
  readonly #watcher: FSWatcher;
  #wake: AbortController | undefined;

  constructor(dir: string) {
    this.#watcher = watch(dir, () => this.#wake?.abort());
    // The directory may be removed while the session closes.
    this.#watcher.on('error', () => undefined);
  }

  async next(timeoutMs: number, signal: AbortSignal): Promise<void> {
    this.#wake = new AbortController();
    await delay(timeoutMs, AbortSignal.any([this.#wake.signal, signal]));
  }

  close(): void {
    this.#watcher.close();
  }
}

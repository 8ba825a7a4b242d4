import { watch, type FSWatcher } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { messageOf } from '../errors.ts';
import { delay } from '../process/delay.ts';
import type { SessionRow } from '../store/recordings.ts';
import { readFmp4 } from './fmp4.ts';
import { listSegments, type Segment } from './layout.ts';

export interface SessionDeps {
  row: SessionRow;
  segmentsDir: string;
  /** While the picture is live, how long the file may not grow, in milliseconds. */
  fileTimeoutMs: number;
  /** How long the picture may be away, in milliseconds. */
  pictureTimeoutMs: number;
  /** Whether the camera's picture is live; no file grows without it. */
  isLive: () => boolean;
  /** Why there is no picture, in words. */
  whyNotLive: () => string;
  /** The file is there for the first time; with the time of its first frame. */
  onStarted: (firstFrameAt: number) => void;
  onTrouble: (reason: string) => void;
  /** The file grows again after trouble. */
  onRecovered: () => void;
  /** Its time is over. */
  onDue: () => void;
  /** Added to a timed recording, in milliseconds. */
  marginMs: number;
  now: () => number;
}

const growthPollMs = 1_000;

/**
 * A recording that runs. What counts is the file: started is when it is really there, trouble is when it doesn't grow,
 * whatever the cause, and each is told once. A timed recording counts from its first frame and ends by itself.
 */
export class RecordingSession {
  readonly row: SessionRow;
  readonly #deps: SessionDeps;
  readonly #abort = new AbortController();
  #firstFrameAt: number | undefined;
  #isTroubled = false;
  /** Since when it is waited for the picture, and for the file while the picture is live. */
  #pictureWaitSince: number;
  #fileWaitSince: number | undefined;
  #dueTimer: NodeJS.Timeout | undefined;
  #watching: Promise<void> | undefined;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.row = deps.row;
    this.#pictureWaitSince = deps.now();
  }

  /** Seconds since the first frame; 0 before it. */
  get elapsedSeconds(): number {
    if (this.#firstFrameAt === undefined) return 0;
    return Math.max(0, Math.round(this.#deps.now() - this.#firstFrameAt) / 1000);
  }

  start(): void {
    this.#watching ??= this.#watch().catch((error: unknown) => this.noteTrouble(messageOf(error)));
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#dueTimer);
    await this.#watching;
  }

  /** It goes on and tries; told once until the file grows again. */
  noteTrouble(reason: string): void {
    if (this.#isTroubled || this.#abort.signal.aborted) return;
    this.#isTroubled = true;
    this.#deps.onTrouble(reason);
  }

  async #watch(): Promise<void> {
    await mkdir(this.#deps.segmentsDir, { recursive: true });
    const isStarted = await this.#untilStarted();
    if (isStarted) await this.#watchGrowth();
  }

  async #untilStarted(): Promise<boolean> {
    const { signal } = this.#abort;
    const changes = new DirectoryChanges(this.#deps.segmentsDir);
    try {
      while (!signal.aborted) {
        const segment = await this.#findStarted();
        if (segment) {
          this.#begin(segment.startMs);
          return true;
        }
        this.#lookForTrouble({ hasGrown: false });
        await changes.next(this.#isTroubled ? growthPollMs : 100, signal);
      }
      return false;
    } finally {
      changes.close();
    }
  }

  async #watchGrowth(): Promise<void> {
    const { signal } = this.#abort;
    let known = await this.#newestFile();
    while (!signal.aborted) {
      await delay(growthPollMs, signal);
      const newest = await this.#newestFile();
      this.#lookForTrouble({ hasGrown: newest !== known });
      known = newest;
    }
  }

  #lookForTrouble({ hasGrown }: { hasGrown: boolean }): void {
    const { isLive, whyNotLive, fileTimeoutMs, pictureTimeoutMs, now } = this.#deps;
    const isPictureThere = isLive();
    if (isPictureThere) this.#pictureWaitSince = now();
    if (hasGrown || !isPictureThere) this.#fileWaitSince = undefined;
    else this.#fileWaitSince ??= now();
    // What is written of the last frames before the picture went is no recovery.
    if (hasGrown && isPictureThere) this.#noteGrowth();
    else if (hasGrown) return;
    else if (now() - this.#pictureWaitSince > pictureTimeoutMs) this.noteTrouble(whyNotLive());
    else if (this.#fileWaitSince !== undefined && now() - this.#fileWaitSince > fileTimeoutMs) {
      this.noteTrouble('MediaMTX writes no file');
    }
  }

  #noteGrowth(): void {
    if (!this.#isTroubled || this.#abort.signal.aborted) return;
    this.#isTroubled = false;
    this.#deps.onRecovered();
  }

  /** The first segment with a complete fragment. */
  async #findStarted(): Promise<Segment | undefined> {
    for (const segment of await listSegments(this.#deps.segmentsDir)) {
      // A file may vanish between the list and the look, when the session is being closed.
      if (await readFmp4(segment.path).catch(() => undefined)) return segment;
    }
    return undefined;
  }

  /** Name and size of the newest segment. */
  async #newestFile(): Promise<string> {
    const newest = (await listSegments(this.#deps.segmentsDir)).at(-1);
    if (!newest) return '';
    // It may vanish between the list and the look, when the session is being closed.
    const size = await stat(newest.path).then(
      (found) => found.size,
      () => 0,
    );
    return `${newest.path} ${size}`;
  }

  #begin(firstFrameAt: number): void {
    this.#firstFrameAt = firstFrameAt;
    this.#isTroubled = false;
    this.#deps.onStarted(firstFrameAt);
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

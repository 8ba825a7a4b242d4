import type { Logger } from 'pino';
import { type ChildExit, ChildProcess } from '../process/child-process.ts';
import { type CaptureFailure, describeExit } from './exit-reason.ts';
import { type Progress, ProgressReader } from './progress.ts';
import { redactUrls } from './redact.ts';

export interface PublisherOptions {
  name: string;
  ffmpeg: string;
  args: string[];
  /** No new frame for so long: killed as stuck; default 5 s. Read at each frame. */
  stallMs?: number | undefined;
  /** The same for the first frame; default 15 s, as some cameras take long to start. */
  startTimeoutMs?: number;
  onProgress: (progress: Progress) => void;
  log?: Pick<Logger, 'debug'>;
}

export interface PublisherEnd {
  failure: CaptureFailure;
  wasStopped: boolean;
  exit: ChildExit;
}

/** One run of the ffmpeg that publishes a camera. Its health is frames that flow, not a pid that lives. */
export class Publisher {
  #options: PublisherOptions;
  #child: ChildProcess;
  #watchdog: NodeJS.Timeout | undefined;
  #frames = 0;
  /** Resolves once with how it ended; never rejects. */
  readonly ended: Promise<PublisherEnd>;

  constructor(options: PublisherOptions) {
    this.#options = options;
    const progress = new ProgressReader((report) => this.#takeProgress(report));
    this.#child = new ChildProcess({
      name: `capture-${options.name}`,
      command: options.ffmpeg,
      args: options.args,
      progressPipe: true,
      // SIGTERM lets ffmpeg say goodbye to MediaMTX; one that is blocked in a write would never come to it.
      stopSteps: [{ signal: 'SIGTERM', waitMs: 2000 }],
      onLine: (stream, line) => {
        if (stream === 'progress') progress.takeLine(line);
        else options.log?.debug({ line: redactUrls(line) }, 'ffmpeg wrote a line');
      },
    });
    this.ended = this.#child.exited.then((exit) => this.#describe(exit));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  start(): void {
    this.#child.start();
    this.#watch(this.#startTimeoutMs);
  }

  async stop(): Promise<PublisherEnd> {
    clearTimeout(this.#watchdog);
    await this.#child.stop();
    return this.ended;
  }

  get #stallMs(): number {
    return this.#options.stallMs ?? 5000;
  }

  get #startTimeoutMs(): number {
    return this.#options.startTimeoutMs ?? 15_000;
  }

  #takeProgress(progress: Progress): void {
    if (progress.frames <= this.#frames) return;
    this.#frames = progress.frames;
    this.#watch(this.#stallMs);
    this.#options.onProgress(progress);
  }

  #watch(timeoutMs: number): void {
    clearTimeout(this.#watchdog);
    if (this.#child.state !== 'running') return;
    this.#watchdog = setTimeout(() => void this.#child.kill('timed_out'), timeoutMs);
  }

  #describe(exit: ChildExit): PublisherEnd {
    clearTimeout(this.#watchdog);
    const limits = { stallMs: this.#stallMs, startTimeoutMs: this.#startTimeoutMs, frames: this.#frames };
    return { failure: describeExit(exit, limits), wasStopped: exit.reason === 'stopped', exit };
  }
}

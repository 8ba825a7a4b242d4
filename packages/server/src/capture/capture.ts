import type { Logger } from 'pino';
import type { Still } from '../stills/index.ts';
import { CaptureError } from './capture-error.ts';
import { buildCaptureArgs, type EncoderQuality } from './command.ts';
import type { EncoderChooser } from './encoder.ts';
import type { CaptureFailure } from './exit-reason.ts';
import { type GrabOptions, grabFrame } from './grab.ts';
import { Publisher, type PublisherEnd } from './publisher.ts';
import { redactUrls } from './redact.ts';
import type { CaptureSource } from './source.ts';

export type CaptureStatus = 'idle' | 'starting' | 'publishing' | 'stopping' | 'failed';

export interface CaptureState {
  status: CaptureStatus;
  /** Why it last ended unexpectedly; undefined while it publishes. */
  reason?: string;
  pid?: number;
  /** Epoch ms of the present run's start. */
  startedAt?: number;
  /** Frames of the present run. */
  frames: number;
  fps: number;
  /** Unexpected ends since it was last wanted. */
  restarts: number;
  /** Of the present run, or of the one that failed. */
  encoder?: string;
  /** The command line, without credentials. */
  command?: string;
}

export interface CaptureDeps {
  /** The camera's name, for logs. */
  name: string;
  /** Asked at each start, as the node and the mode can change. */
  source: () => CaptureSource;
  /** Asked at each start; its credentials appear in no log and no state. */
  publishUrl: () => string;
  ffmpeg: () => string;
  encoder: EncoderChooser;
  log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  /** The most bits a second; default by size. */
  bitrate?: () => number | undefined;
  /** Read at each frame. */
  stallMs?: number;
  startTimeoutMs?: number;
  quality?: () => EncoderQuality | undefined;
  /** Called after an unexpected end; the next run starts when it resolves. The signal says that none is wanted. */
  recover: (end: CaptureEnd, signal: AbortSignal) => Promise<void>;
}

/** An unexpected end of a run. */
export interface CaptureEnd extends CaptureFailure {
  /** How long it ran. */
  ranMs: number;
  /** Frames that it published. */
  frames: number;
}

/**
 * One camera's publisher, kept going for as long as it is wanted.
 * The loop is the only one that starts and ends runs: `want` sets a wish and wakes it. After an unexpected end
 * `recover` says when the next run starts. The device can be opened once, so a grab and a run exclude each other.
 */
export class Capture {
  #deps: CaptureDeps;
  #state: CaptureState = { status: 'idle', frames: 0, fps: 0, restarts: 0 };
  #listeners = new Set<(state: CaptureState) => void>();
  #isWanted = false;
  #isStopped = false;
  #wake = new AbortController();
  #wantedAgain: Promise<void> = Promise.resolve();
  #tellWantedAgain = (): void => undefined;
  #loop: Promise<void> | undefined;
  #publisher: Publisher | undefined;
  #grabbing: Promise<unknown> = Promise.resolve();
  #grabs = new AbortController();

  constructor(deps: CaptureDeps) {
    this.#deps = deps;
  }

  get state(): Readonly<CaptureState> {
    return this.#state;
  }

  /** Called at each change of the state and at each report of frames. Returns what ends the listening. */
  onState(listener: (state: Readonly<CaptureState>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Wishes the camera to publish, or not. Returns at once; `state` tells what came of it. */
  want(isWanted: boolean): void {
    if (this.#isWanted === isWanted || (isWanted && this.#isStopped)) return;
    this.#isWanted = isWanted;
    if (!isWanted) {
      this.#wantedAgain = new Promise((resolve) => (this.#tellWantedAgain = resolve));
      this.#wake.abort();
      if (this.#publisher !== undefined) this.#setState({ status: 'stopping' });
      void this.#publisher?.stop();
      return;
    }
    this.#wake = new AbortController();
    this.#tellWantedAgain();
    this.#loop ??= this.#keepPublishing();
  }

  /** Ends the present run, so that the next one takes what changed of source, encoder or bitrate. */
  async restart(): Promise<void> {
    await this.#publisher?.stop();
  }

  /** Resolves when the device is free of the run, or the run is wanted again; call it after `want(false)`. */
  async untilIdle(): Promise<void> {
    await this.#untilRunEnds();
    await this.#grabbing;
  }

  /** One picture straight from the device. Rejects with CaptureError; its code is `capturing` where a run has the device. */
  async grab(options: GrabOptions): Promise<Still> {
    // Without a run there is nothing to wait for: a picture that was asked for first is taken first.
    if (this.#loop !== undefined) await this.#untilRunEnds();
    if (this.#isWanted) throw new CaptureError('capturing', 'the camera is being captured');
    const grab = this.#grabbing.then(() => this.#grabNow(options));
    // The next in line waits for the end of this one, not for its success.
    this.#grabbing = grab.catch(() => undefined);
    return grab;
  }

  /** Ends the run and what is being grabbed. Idempotent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.want(false);
    this.#grabs.abort();
    await Promise.all([this.#loop, this.#grabbing]);
  }

  /** Of a run that is wanted again before its end nobody waits for the end: it may never come. */
  async #untilRunEnds(): Promise<void> {
    while (!this.#isWanted && this.#loop !== undefined) {
      await Promise.race([this.#loop, this.#wantedAgain]);
    }
  }

  async #grabNow(options: GrabOptions): Promise<Still> {
    if (this.#isStopped) throw new CaptureError('stopped', 'the camera is being stopped');
    const signal = AbortSignal.any([this.#grabs.signal, ...(options.signal ? [options.signal] : [])]);
    return grabFrame(this.#deps.ffmpeg(), this.#deps.source(), { ...options, signal });
  }

  async #keepPublishing(): Promise<void> {
    await this.#grabbing;
    this.#setState({ restarts: 0 });
    while (this.#isWanted) {
      const end = await this.#runOnce();
      if (end === undefined) continue;
      const { detail: reason } = end;
      const { encoder, restarts } = this.#state;
      this.#replaceState({
        ...{ status: 'failed', reason, frames: 0, fps: 0, restarts: restarts + 1 },
        // Whoever mends it asks which one failed.
        ...(encoder !== undefined && { encoder }),
      });
      this.#deps.log.warn(
        { camera: this.#deps.name, reason, code: end.code },
        'the capture ended and is started again',
      );
      await this.#deps.recover(end, this.#wake.signal);
    }
    this.#loop = undefined;
    this.#replaceState({ status: 'idle', frames: 0, fps: 0, restarts: this.#state.restarts });
  }

  /** One run from its start to its end; undefined where the end was our own wish. */
  async #runOnce(): Promise<CaptureEnd | undefined> {
    const startedMs = performance.now();
    let publisher: Publisher;
    try {
      publisher = await this.#build();
    } catch (error) {
      return { ...describeStartFailure(error), ranMs: 0, frames: 0 };
    }
    if (!this.#isWanted) return undefined;
    this.#publisher = publisher;
    publisher.start();
    this.#setState({
      status: 'starting',
      startedAt: Date.now(),
      ...(publisher.pid && { pid: publisher.pid }),
    });
    const end: PublisherEnd = await publisher.ended;
    this.#publisher = undefined;
    if (end.wasStopped) return undefined;
    return { ...end.failure, ranMs: performance.now() - startedMs, frames: this.#state.frames };
  }

  async #build(): Promise<Publisher> {
    const deps = this.#deps;
    const { name, startTimeoutMs, log } = deps;
    // Also after a restart of our own, which leaves the last run's count.
    this.#setState({ status: 'starting', frames: 0, fps: 0 });
    const ffmpeg = this.#deps.ffmpeg();
    const source = this.#deps.source();
    const encoder = await this.#deps.encoder.choose(ffmpeg);
    const bitrate = this.#deps.bitrate?.();
    const quality = this.#deps.quality?.();
    const args = buildCaptureArgs({
      source,
      publishUrl: this.#deps.publishUrl(),
      encoder,
      ...(bitrate !== undefined && { bitrate }),
      ...(quality !== undefined && { quality }),
    });
    this.#setState({ encoder: encoder.name, command: redactUrls([ffmpeg, ...args].join(' ')) });
    return new Publisher({
      name,
      ffmpeg,
      args,
      log,
      get stallMs() {
        return deps.stallMs;
      },
      ...(startTimeoutMs !== undefined && { startTimeoutMs }),
      onProgress: ({ frames, fps }) => this.#takeProgress(frames, fps),
    });
  }

  #takeProgress(frames: number, fps: number): void {
    if (!this.#isWanted) return;
    const { reason: _, ...rest } = this.#state;
    this.#replaceState({ ...rest, status: 'publishing', frames, fps });
  }

  #setState(change: Partial<CaptureState>): void {
    this.#replaceState({ ...this.#state, ...change });
  }

  #replaceState(state: CaptureState): void {
    const hasNewStatus = state.status !== this.#state.status;
    this.#state = state;
    if (hasNewStatus)
      this.#deps.log.info({ camera: this.#deps.name, status: state.status }, 'the capture changed its state');
    for (const listener of this.#listeners) listener(state);
  }
}

/** No run came to be: its program or its encoder is missing, or the camera has no mode. */
function describeStartFailure(error: unknown): CaptureFailure {
  const detail = redactUrls(error instanceof Error ? error.message : String(error));
  if (!(error instanceof CaptureError)) return { code: 'unusable', detail };
  return { code: error.code === 'no_encoder' ? 'encoder_failed' : 'ffmpeg_missing', detail };
}

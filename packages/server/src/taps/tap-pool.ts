import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { Backoff } from '../process/backoff.ts';
import type { Calm } from './calm-meter.ts';
import type { Gop } from './gop.ts';
import type { TapTarget } from './rtsp-client.ts';
import type { LatestOptions, TapState, TapStats } from './tap.ts';
import type { TapReply, TapRequest } from './tap-messages.ts';

export type { Calm, Gop, LatestOptions, TapState, TapStats, TapTarget };

export interface TapPoolDeps {
  log?: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  /** The worker's code; default the compiled file beside this one. */
  workerUrl?: URL;
}

export type TapStateListener = (name: string, state: TapState, reason?: string) => void;

export type CalmListener = (name: string, calm: Calm | null) => void;

type Reply = Exclude<TapReply, { type: 'state' | 'calm' }>;

/**
 * The last GOP of every live camera, read by one worker thread so that the main loop stays free.
 * The thread starts with the first tap; if it dies it is started anew and the open taps are opened again,
 * with unanswered questions answered by undefined.
 */
export class TapPool {
  #deps: TapPoolDeps;
  #targets = new Map<string, TapTarget>();
  #listeners = new Set<TapStateListener>();
  #calm = new Map<string, Calm>();
  #calmListeners = new Set<CalmListener>();
  #worker: Worker | undefined;
  #pending = new Map<number, (reply: Reply | undefined) => void>();
  #nextId = 1;
  #backoff = new Backoff({ firstMs: 50, maxMs: 5000 });
  #restart: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(deps: TapPoolDeps = {}) {
    this.#deps = deps;
  }

  /** Starts to hold `name`'s last GOP; again with another target, it moves over. */
  open(name: string, target: TapTarget): void {
    if (this.#isStopped) return;
    this.#targets.set(name, target);
    this.#setCalm(name, null);
    if (this.#worker === undefined && this.#restart === undefined) this.#startWorker();
    else this.#post({ type: 'open', name, target });
  }

  close(name: string): void {
    this.#calm.delete(name);
    if (this.#targets.delete(name)) this.#post({ type: 'close', name });
  }

  /**
   * The GOP since the newest keyframe, once its newest frame has arrived at or after `notBeforeMs`. After
   * `timeoutMs` (default 3000) it gives what it has; undefined where it has nothing, isn't open, or was aborted.
   */
  async latest(
    name: string,
    options: LatestOptions & { signal?: AbortSignal } = {},
  ): Promise<Gop | undefined> {
    const { signal, ...limits } = options;
    if (!this.#targets.has(name) || signal?.aborted === true) return undefined;
    const id = this.#takeId();
    const cancel = (): void => this.#post({ type: 'cancel', id });
    signal?.addEventListener('abort', cancel, { once: true });
    const reply = await this.#ask({ type: 'latest', id, name, options: limits });
    signal?.removeEventListener('abort', cancel);
    if (reply?.type !== 'latest' || reply.gop === undefined) return undefined;
    const { data } = reply.gop;
    return { ...reply.gop, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength) };
  }

  /** Undefined where `name` isn't open. */
  async stats(name: string): Promise<TapStats | undefined> {
    if (!this.#targets.has(name)) return undefined;
    const reply = await this.#ask({ type: 'stats', id: this.#takeId(), name });
    return reply?.type === 'stats' ? reply.stats : undefined;
  }

  /** The TCP ports of our own readers' ends: who comes from one of them is no viewer. */
  async localPorts(): Promise<number[]> {
    const reply = await this.#ask({ type: 'ports', id: this.#takeId() });
    return reply?.type === 'ports' ? reply.ports : [];
  }

  /** Called at each change of a tap's state; `reason` comes with `lost`. Returns what ends the listening. */
  onState(listener: TapStateListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called where a stream begins and ends to look as if it showed one picture only; closing a tap tells nothing. */
  onCalm(listener: CalmListener): () => void {
    this.#calmListeners.add(listener);
    return () => this.#calmListeners.delete(listener);
  }

  /** What was told last of `name`. */
  calmOf(name: string): Calm | null {
    return this.#calm.get(name) ?? null;
  }

  /** Closes all connections and ends the thread. Idempotent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#targets.clear();
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    await this.#ask({ type: 'stop', id: this.#takeId() });
    await worker.terminate();
  }

  #startWorker(): void {
    this.#restart = undefined;
    const worker = new Worker(this.#deps.workerUrl ?? new URL('./tap-worker.js', import.meta.url));
    this.#worker = worker;
    let reason = 'the reader thread ended';
    worker.on('message', (reply: TapReply) => this.#takeReply(reply));
    worker.on('error', (error) => {
      reason = `the reader thread failed: ${error.message}`;
    });
    worker.once('exit', () => this.#takeExit(reason));
    for (const [name, target] of this.#targets) this.#post({ type: 'open', name, target });
  }

  #takeExit(reason: string): void {
    this.#worker = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const answer of pending) answer(undefined);
    if (this.#isStopped) return;
    this.#deps.log?.error({ reason }, 'the reader thread ended and is started again');
    for (const name of this.#targets.keys()) {
      this.#tellState(name, 'lost', reason);
      this.#setCalm(name, null);
    }
    this.#restart = setTimeout(() => this.#startWorker(), this.#backoff.next());
  }

  #takeReply(reply: TapReply): void {
    if (reply.type === 'state') {
      if (reply.state === 'live') this.#backoff.reset();
      // A state that was under way when the tap was closed is no news any more.
      if (this.#targets.has(reply.name)) this.#tellState(reply.name, reply.state, reply.reason);
      return;
    }
    if (reply.type === 'calm') {
      if (this.#targets.has(reply.name)) this.#setCalm(reply.name, reply.calm);
      return;
    }
    const answer = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    answer?.(reply);
  }

  #tellState(name: string, state: TapState, reason?: string): void {
    this.#deps.log?.debug({ name, state, reason }, 'the reader of the last frames changed its state');
    for (const listener of this.#listeners) listener(name, state, reason);
  }

  #setCalm(name: string, calm: Calm | null): void {
    if (calm === this.calmOf(name)) return;
    if (calm === null) this.#calm.delete(name);
    else this.#calm.set(name, calm);
    for (const listener of this.#calmListeners) listener(name, calm);
  }

  #ask(request: TapRequest & { id: number }): Promise<Reply | undefined> {
    if (this.#worker === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#pending.set(request.id, resolve);
      this.#post(request);
    });
  }

  #post(request: TapRequest): void {
    this.#worker?.postMessage(request);
  }

  #takeId(): number {
    this.#nextId += 1;
    return this.#nextId;
  }
}

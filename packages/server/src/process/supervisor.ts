import type { Logger } from 'pino';
import { Backoff } from './backoff.ts';
import { ChildProcess, settlesWithin, type ChildExit, type ChildOptions } from './child-process.ts';
import { delay } from './delay.ts';

export interface SupervisorOptions {
  name: string;
  /** Made anew for each run, so that ports and files can change. A throw counts as a failed run. */
  child: () => ChildOptions | Promise<ChildOptions>;
  /** Resolves when this run answers; raced against its exit. `signal` ends the probe. */
  probe: (signal: AbortSignal) => Promise<void>;
  readyTimeoutMs: number;
  /** A run that lived this long resets the back-off. */
  healthyMs?: number;
  /** Which of its last lines tells why it ended by itself; default the very last. */
  pickReason?: (lines: string[]) => string | undefined;
  onReady?: (pid: number) => void;
  onExit?: (exit: ChildExit) => void;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/**
 * The policy of keeping one program running: start, probe until ready, restart after every end that nobody ordered,
 * with jittered back-off that a healthy run resets. `start()` resolves at the first ready and rejects only if it is
 * stopped before; the reason of the latest failure is in `lastFailure`.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #backoff: Backoff;
  #abort = new AbortController();
  #child: ChildProcess | undefined;
  #loop: Promise<void> | undefined;
  #ready = false;
  lastFailure: string | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    // The first restart is at once (50 ms at most): a media server's end is felt by every viewer.
    this.#backoff = new Backoff({ firstMs: 50, maxMs: 5_000 });
  }

  get isReady(): boolean {
    return this.#ready;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the loop; resolves when the program answered for the first time. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#loop ??= this.#keepRunning(resolve).finally(() =>
        reject(new Error(`${this.#options.name} was stopped`)),
      );
    });
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#child?.stop();
    await this.#loop;
  }

  /** Ends the present run as stuck; the loop starts the next one. One that hangs doesn't heed a signal, so it gets little time. */
  async restart(): Promise<void> {
    const child = this.#child;
    if (child && !(await settlesWithin(child.stop(), 1_000))) await child.kill();
  }

  async #keepRunning(onFirstReady: () => void): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const startedAt = performance.now();
      const exit = await this.#runOnce(onFirstReady);
      this.#ready = false;
      if (signal.aborted) return;
      this.lastFailure = describeExit(
        this.#options.name,
        exit,
        exit.signal ? undefined : this.#options.pickReason?.(exit.stderrTail),
      );
      this.#options.log.warn({ exit }, `${this.#options.name} ended and is started again`);
      if (performance.now() - startedAt > (this.#options.healthyMs ?? 10_000)) this.#backoff.reset();
      await delay(this.#backoff.next(), signal);
    }
  }

  async #runOnce(onReady: () => void): Promise<ChildExit> {
    const { name, probe, readyTimeoutMs } = this.#options;
    let options: ChildOptions;
    try {
      options = await this.#options.child();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { code: null, signal: null, reason: 'spawn_failed', durationMs: 0, stderrTail: [message] };
    }
    const child = new ChildProcess(options);
    this.#child = child;
    if (this.#abort.signal.aborted) return child.stop();
    child.start();
    const probing = new AbortController();
    const timer = setTimeout(() => {
      if (!this.#ready) void child.kill('timed_out');
    }, readyTimeoutMs);
    const probed = probe(AbortSignal.any([probing.signal, this.#abort.signal])).then(
      () => {
        if (child.state !== 'running') return;
        this.#ready = true;
        this.#options.onReady?.(child.pid!);
        onReady();
      },
      (error: unknown) => this.#options.log.warn({ err: error }, `${name} does not answer yet`),
    );
    const exit = await child.exited;
    clearTimeout(timer);
    probing.abort();
    await probed;
    this.#ready = false;
    this.#options.onExit?.(exit);
    return exit;
  }
}

/** One sentence for a person: what ended, how, and the last thing that it said. */
export function describeExit(name: string, exit: ChildExit, reason?: string): string {
  const last = reason ?? exit.stderrTail.at(-1);
  const how =
    exit.reason === 'timed_out'
      ? 'did not answer in time'
      : exit.reason === 'spawn_failed'
        ? 'could not be started'
        : exit.signal
          ? `was ended by ${exit.signal}`
          : `ended with code ${exit.code}`;
  return last ? `${name} ${how}: ${last}` : `${name} ${how}`;
}

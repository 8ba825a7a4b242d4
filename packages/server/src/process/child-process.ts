import { spawn, type ChildProcess as NodeChild } from 'node:child_process';
import type { Readable } from 'node:stream';
import { childEnvironment } from './child-environment.ts';
import { dieWithParent, isMissing, type DeathSignal } from './die-with-parent.ts';
import { LineSplitter } from './lines.ts';

/** How a run ended. `reason` is the first cause: a run that we stopped stays `stopped`, whatever signal it took. */
export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  reason: 'stopped' | 'exited' | 'crashed' | 'spawn_failed' | 'timed_out';
  durationMs: number;
  /** The last 200 lines of stdout and stderr. */
  stderrTail: string[];
}

/** One step of ending a program: a text for its stdin or a signal, then a wait. The last resort is always SIGKILL. */
export type StopStep = { stdin?: string; signal?: NodeJS.Signals; waitMs: number };

export interface ChildOptions {
  /** For errors. */
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  stdin?: 'ignore' | 'pipe';
  /** Opens file descriptor 3; its lines come as stream `progress` and aren't kept in the tail. */
  progressPipe?: boolean;
  onLine?: (stream: 'stdout' | 'stderr' | 'progress', line: string) => void;
  /** Default: SIGTERM, 5 s, then SIGKILL. */
  stopSteps?: StopStep[];
  /** What it gets when this process dies; default SIGKILL, which one that is blocked in a write heeds too. */
  deathSignal?: DeathSignal;
}

const tailLength = 200;

/**
 * One run of a program: spawning → ready → stopping → exited. It never restarts (that is the supervisor's policy).
 * `exited` resolves once, after the pipes were drained, and never rejects. The program can't outlive this process
 * where `setpriv` exists; elsewhere the next start ends it.
 */
export class ChildProcess {
  readonly #options: ChildOptions;
  readonly #tail: string[] = [];
  readonly exited: Promise<ChildExit>;
  #resolveExit!: (exit: ChildExit) => void;
  #child: NodeChild | undefined;
  #startedAt = 0;
  #state: 'new' | 'running' | 'stopping' | 'exited' = 'new';
  #cause: 'stopped' | 'timed_out' | undefined;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.exited = new Promise((resolve) => {
      this.#resolveExit = resolve;
    });
  }

  get pid(): number | undefined {
    return this.#state === 'exited' ? undefined : this.#child?.pid;
  }

  get state(): 'new' | 'running' | 'stopping' | 'exited' {
    return this.#state;
  }

  /** Must be called on the main thread: the death signal follows the thread that spawned. */
  start(): void {
    if (this.#state !== 'new') throw new Error(`${this.#options.name} was started already`);
    const { command, args, env, cwd, stdin = 'ignore', progressPipe, deathSignal } = this.#options;
    const [file, argv] = dieWithParent(command, args, deathSignal ?? 'SIGKILL');
    this.#startedAt = performance.now();
    this.#state = 'running';
    const child = spawn(file, argv, {
      stdio: [stdin, 'pipe', 'pipe', ...(progressPipe ? ['pipe' as const] : [])],
      // A process group of its own: Ctrl-C in a terminal goes to a whole group, and we end our children in order.
      detached: true,
      env: childEnvironment(env),
      ...(cwd && { cwd }),
    });
    this.#child = child;
    this.#read(child.stdout!, 'stdout');
    this.#read(child.stderr!, 'stderr');
    if (progressPipe) this.#read(child.stdio[3] as Readable, 'progress');
    // A program that has ended makes a late write fail; its end is told by `exited`.
    child.stdin?.on('error', () => undefined);
    child.once('error', (error) => {
      this.#tail.push(error.message);
      this.#finish(null, null, 'spawn_failed');
    });
    child.once('close', (code, signal) => this.#finish(code, signal));
  }

  /** Ends it gently by the stop steps, then by SIGKILL. Idempotent; resolves when it is gone. */
  async stop(): Promise<ChildExit> {
    if (this.#state === 'new') this.#finish(null, null, 'stopped');
    if (this.#state !== 'running') return this.exited;
    this.#state = 'stopping';
    this.#cause ??= 'stopped';
    for (const step of this.#options.stopSteps ?? [{ signal: 'SIGTERM', waitMs: 5_000 }]) {
      if (step.stdin !== undefined) this.#child?.stdin?.write(step.stdin);
      if (step.signal) this.#child?.kill(step.signal);
      if (await settlesWithin(this.exited, step.waitMs)) return this.exited;
    }
    this.#child?.kill('SIGKILL');
    return this.exited;
  }

  /** SIGKILL at once. With `timed_out` the exit's reason tells that it was found stuck. */
  async kill(cause: 'stopped' | 'timed_out' = 'stopped'): Promise<ChildExit> {
    this.#cause ??= cause;
    if (this.#state === 'new') this.#finish(null, null, cause);
    this.#child?.kill('SIGKILL');
    return this.exited;
  }

  #read(stream: Readable, name: 'stdout' | 'stderr' | 'progress'): void {
    const lines = new LineSplitter((line) => {
      if (line === '') return;
      if (name !== 'progress') {
        this.#tail.push(line);
        if (this.#tail.length > tailLength) this.#tail.shift();
      }
      this.#options.onLine?.(name, line);
    });
    stream.on('data', (chunk: Uint8Array) => lines.push(chunk));
    stream.on('end', () => lines.end());
    // A pipe breaks when its program is killed; `close` still comes and tells the end.
    stream.on('error', () => undefined);
  }

  #finish(code: number | null, signal: NodeJS.Signals | null, reason?: ChildExit['reason']): void {
    if (this.#state === 'exited') return;
    this.#state = 'exited';
    this.#resolveExit({
      code,
      signal,
      reason: this.#cause ?? reason ?? (isMissing(code) ? 'spawn_failed' : code === 0 ? 'exited' : 'crashed'),
      durationMs: Math.round(performance.now() - this.#startedAt),
      stderrTail: this.#tail,
    });
  }
}

/** Whether a promise settles within the time. */
export async function settlesWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([promise.then(() => true as const), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

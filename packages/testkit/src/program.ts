import { spawn, type ChildProcess } from 'node:child_process';
import { settled } from './settled.ts';

// Not by PATH: a test may give its program another one.
const setpriv = '/usr/bin/setpriv';

export interface ProgramOptions {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** What it reads on standard input; default: nothing. */
  input?: string;
}

/** A real program that a test started; it ends with the test's scope, and by its pid alone. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stdout = '';
  stderr = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    // A test that doesn't ask how it ended must not fail by it.
    this.exited.catch(() => undefined);
  }

  static start({ command, args, env, cwd, input }: ProgramOptions): Program {
    // A run that is killed leaves no program behind.
    const words = ['--pdeathsig', 'TERM', '--', command, ...args];
    const child = spawn(setpriv, words, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(env && { env }),
      ...(cwd !== undefined && { cwd }),
    });
    // A program may end before it has read.
    child.stdin?.on('error', () => undefined).end(input);
    return new Program(child);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#child.spawnfile} was not started`);
    return this.#child.pid;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(): Promise<void> {
    if (this.hasExited) return;
    this.#child.kill('SIGTERM');
    if (!(await settled(this.exited, 8_000))) this.#child.kill('SIGKILL');
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

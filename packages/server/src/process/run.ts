import { spawn } from 'node:child_process';
import { childEnvironment } from './child-environment.ts';
import type { ChildExit } from './child-process.ts';
import { dieWithParent, isMissing } from './die-with-parent.ts';

export interface RunOptions {
  command: string;
  args: string[];
  /** Written to stdin, which is then closed. */
  input?: Uint8Array;
  timeoutMs: number;
  signal?: AbortSignal;
  /** More output than this ends the run; default 64 MiB. */
  maxOutputBytes?: number;
  env?: NodeJS.ProcessEnv;
}

/**
 * A short run to its end, or to that of this process: what it printed and how it ended. Never rejects; aborted is
 * `stopped`, too slow is `timed_out`.
 */
export function run(options: RunOptions): Promise<{ stdout: Buffer; exit: ChildExit }> {
  const { command, args, input, timeoutMs, signal, maxOutputBytes = 64 * 1024 * 1024, env } = options;
  const [file, argv] = dieWithParent(command, args, 'SIGKILL');
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(file, argv, { stdio: ['pipe', 'pipe', 'pipe'], env: childEnvironment(env) });
    const stdout: Buffer[] = [];
    let stdoutBytes = 0;
    let stderr = '';
    let cause: ChildExit['reason'] | undefined;
    const end = (reason: ChildExit['reason']): void => {
      cause ??= reason;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => end('timed_out'), timeoutMs);
    const onAbort = (): void => end('stopped');
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const finish = (code: number | null, exitSignal: NodeJS.Signals | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      const stderrTail = stderr
        .split('\n')
        .filter((line) => line !== '')
        .slice(-200);
      if (isMissing(code)) cause ??= 'spawn_failed';
      const reason = cause ?? (code === 0 ? 'exited' : 'crashed');
      const durationMs = Math.round(performance.now() - startedAt);
      resolve({
        stdout: Buffer.concat(stdout),
        exit: { code, signal: exitSignal, reason, durationMs, stderrTail },
      });
    };
    child.once('error', (error) => {
      cause ??= 'spawn_failed';
      stderr += `\n${error.message}`;
      if (child.pid === undefined) finish(null, null);
    });
    child.once('close', finish);
    child.stdout.on('data', (chunk: Buffer) => {
      stdoutBytes += chunk.length;
      if (stdoutBytes > maxOutputBytes) end('crashed');
      else stdout.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-65_536);
    });
    // The program may end before it has read all; how it ended tells more than the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

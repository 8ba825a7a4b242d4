import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a pid file keeps, so that a number that the kernel gave to somebody else is never signalled. */
interface PidFile {
  pid: number;
  startTicks: string;
  command: string;
}

/** The kernel's start time of a process in clock ticks since boot (`/proc/PID/stat` field 22); undefined when it is gone. */
export function readStartTicks(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // The process has ended: that is the answer.
    return undefined;
  }
  // The name in parentheses may hold blanks and parentheses, so count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

export function writePidFile(dir: string, name: string, pid: number, command: string): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, `${name}-${pid}.pid`);
  const content: PidFile = { pid, startTicks: readStartTicks(pid) ?? '', command };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  return file;
}

/**
 * Ends what a previous run of the service left behind (its children outlive a SIGKILL where `setpriv` is missing).
 * A process counts as ours only if pid and start time both agree. Returns the commands that were ended.
 */
export async function reapLeftovers(dir: string, signal?: AbortSignal): Promise<string[]> {
  let files: string[];
  try {
    files = readdirSync(dir).filter((file) => file.endsWith('.pid'));
  } catch {
    // No directory: nothing was ever started.
    return [];
  }
  const ended: string[] = [];
  for (const file of files) {
    const path = join(dir, file);
    const left = parsePidFile(path);
    if (left && isSame(left)) {
      ended.push(left.command);
      await endProcess(left, signal);
    }
    rmSync(path, { force: true });
  }
  return ended;
}

function parsePidFile(path: string): PidFile | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, startTicks, command } = value as Partial<PidFile>;
    if (typeof pid !== 'number' || typeof startTicks !== 'string' || typeof command !== 'string')
      return undefined;
    return { pid, startTicks, command };
  } catch {
    // Cut off by a crash while it was written: it names nobody.
    return undefined;
  }
}

function isSame(left: PidFile): boolean {
  return left.startTicks !== '' && readStartTicks(left.pid) === left.startTicks;
}

async function endProcess(left: PidFile, signal?: AbortSignal): Promise<void> {
  for (const [name, waitMs] of [
    ['SIGTERM', 3_000],
    ['SIGKILL', 2_000],
  ] as const) {
    try {
      process.kill(left.pid, name);
    } catch {
      // It ended between the look and the signal.
      return;
    }
    const until = Date.now() + waitMs;
    while (isSame(left) && Date.now() < until && !signal?.aborted) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (!isSame(left)) return;
  }
}

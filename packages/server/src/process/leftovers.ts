import { readdirSync, readFileSync, statSync } from 'node:fs';
import { delay } from './delay.ts';

/** Set for every program that a service starts, and for what those start; nobody else sets it. */
export const ownerVariable = 'CAMERA_SERVICE_OWNER';

interface Leftover {
  pid: number;
  /** With the pid it names one process for ever. */
  startTicks: string;
  command: string;
}

/** Marks this process's children to come as those of a data directory, of which this process holds the lock. */
export function markChildren(dataDir: string): void {
  process.env[ownerVariable] = ownerOf(dataDir);
}

/**
 * Ends what a killed run of the service has left; that should be nothing where programs die with their parent. They are
 * told by a mark in their environment, so no other program can be meant. Returns their command lines.
 */
export async function endLeftovers(dataDir: string, termMs = 2_000): Promise<string[]> {
  const left = findLeftovers(dataDir);
  await Promise.all(left.map((leftover) => endProcess(leftover, termMs)));
  return left.map(({ command }) => command);
}

/** The programs of a data directory that run at present, without this one. */
export function findLeftovers(dataDir: string): Leftover[] {
  const mark = `${ownerVariable}=${ownerOf(dataDir)}`;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    const startTicks = readStartTicks(Number(pid));
    const isOurs = startTicks !== undefined && readWords(pid, 'environ').includes(mark);
    return isOurs ? [{ pid: Number(pid), startTicks, command: readWords(pid, 'cmdline').join(' ') }] : [];
  });
}

/** By the file system's own numbers: the same for each way that leads there, another for a copy or in another container. */
function ownerOf(dataDir: string): string {
  const { dev, ino } = statSync(dataDir);
  return `${dev}:${ino}`;
}

function readWords(pid: string, file: 'environ' | 'cmdline'): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1').split('\0').slice(0, -1);
  } catch {
    // It has ended, or belongs to another user.
    return [];
  }
}

/** The kernel's start time of a process in clock ticks since boot (`/proc/PID/stat` field 22); undefined when it is gone. */
export function readStartTicks(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // The process has ended: that is the answer.
    return undefined;
  }
  // The name in parentheses may hold blanks and parentheses, so count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

async function endProcess({ pid, startTicks }: Leftover, termMs: number): Promise<void> {
  const isThere = (): boolean => readStartTicks(pid) === startTicks;
  for (const [signal, waitMs] of [
    ['SIGTERM', termMs],
    ['SIGKILL', 2_000],
  ] as const) {
    if (!isThere()) return;
    try {
      process.kill(pid, signal);
    } catch {
      // It ended between the look and the signal.
      return;
    }
    const until = performance.now() + waitMs;
    while (isThere() && performance.now() < until) await delay(20);
  }
}

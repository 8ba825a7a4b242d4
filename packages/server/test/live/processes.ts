import { readdirSync, readFileSync } from 'node:fs';

/** A program as anybody on the machine may look at it. */
export interface SeenProcess {
  pid: number;
  command: string;
  environment: string;
}

/** What a process has started, and what that has started. */
export function descendantsOf(pid: number): SeenProcess[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name) }));
  const found: SeenProcess[] = [];
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { pid: child, parent } of parents) {
      if (parent !== next) continue;
      waiting.push(child);
      found.push({ pid: child, command: read(child, 'cmdline'), environment: read(child, 'environ') });
    }
  }
  return found;
}

function parentOf(pid: string): number {
  const stat = read(Number(pid), 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function read(pid: number, file: 'cmdline' | 'environ' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    // It has ended in between.
    return '';
  }
}

import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoOf } from '../errors.ts';
import { DataDir } from '../lifecycle/data-dir.ts';

/** One file that a restore puts in the place of another. */
export interface RestoreStep {
  /** Complete, checked and on the disk; on the file system of `to`. Absent: `to` only makes way. */
  from?: string;
  to: string;
  /** The name under which what was there stays. */
  before: string;
}

export interface RestorePlan {
  steps: RestoreStep[];
}

/** What is under way in a data directory: the new files, and from the moment that it counts, the plan. */
export function restoreDir(root: string): string {
  return join(root, '.restore');
}

function planFile(root: string): string {
  return join(restoreDir(root), 'plan.json');
}

/** Whether a restore was cut off after it began to count. */
export function isRestorePending(root: string): boolean {
  return existsSync(planFile(root));
}

/**
 * From here on the restore counts: with the plan on the disk every later start carries it to its end; without it
 * nothing was touched yet.
 */
export function commitPlan(root: string, plan: RestorePlan): void {
  const temporary = `${planFile(root)}.tmp`;
  writeFileSync(temporary, JSON.stringify(plan), { mode: 0o600, flush: true });
  renameSync(temporary, planFile(root));
  syncPath(restoreDir(root));
}

/**
 * Carries out what of the plan is not done yet, one system call after the other; whoever holds the data directory may
 * stop after any of them and begin anew. Each name stands for the old file or the new one at every moment.
 */
export function* planCalls(root: string): Generator<void> {
  const { steps } = JSON.parse(readFileSync(planFile(root), 'utf8')) as RestorePlan;
  for (const { from, to, before } of steps) {
    if (from === undefined) {
      if (existsSync(to)) yield renameSync(to, before);
    } else if (existsSync(from)) {
      if (existsSync(to)) yield linkUnlessThere(to, before);
      yield renameSync(from, to);
    }
    yield syncPath(dirname(to));
  }
  yield rmSync(planFile(root));
  yield syncPath(restoreDir(root));
  yield rmSync(restoreDir(root), { recursive: true });
}

/**
 * Ends a restore that was cut off: carries out one that counted, and clears away one that did not. Returns whether
 * anything was put in place. Throws DataDirError while another process has the data directory.
 */
export function finishRestore(root: string): boolean {
  if (!existsSync(restoreDir(root))) return false;
  const dataDir = DataDir.acquire(root);
  try {
    return finishHeld(root);
  } finally {
    dataDir.release();
  }
}

/** The same for whoever holds the data directory. */
export function finishHeld(root: string): boolean {
  const isPending = isRestorePending(root);
  if (isPending) {
    const calls = planCalls(root);
    while (!calls.next().done);
  }
  rmSync(restoreDir(root), { recursive: true, force: true });
  return isPending;
}

function linkUnlessThere(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

import type { KeptFile } from '../store/kept-files.ts';

/** What files are kept to; without a limit of a kind, no file goes by it. */
export interface RetentionLimits {
  maxAgeMs: number | undefined;
  /** Of recordings and snapshots together. */
  maxBytes: number | undefined;
}

export interface RetentionState {
  limits: RetentionLimits;
  /** Epoch milliseconds. */
  now: number;
  /** What all files take, those that come later in the order too. */
  totalBytes: number;
}

export interface Choice {
  chosen: KeptFile[];
  /** What is left when the chosen are gone. */
  totalBytes: number;
  /** No later file goes. */
  isDone: boolean;
}

/**
 * Which files go: those that are older than the limit, and then the oldest while all take more than the limit. `files`
 * are the oldest, in order; what comes later is asked for with the `totalBytes` of this answer. A protected file never
 * goes, and counts in the sum; one of the future (a clock that was set back) is young.
 */
export function chooseFiles(files: readonly KeptFile[], { limits, now, totalBytes }: RetentionState): Choice {
  const { maxAgeMs = Infinity, maxBytes = Infinity } = limits;
  const chosen: KeptFile[] = [];
  let left = totalBytes;
  for (const file of files) {
    const isWanted = now - file.time > maxAgeMs || left > maxBytes;
    if (!isWanted) return { chosen, totalBytes: left, isDone: true };
    if (file.isProtected) continue;
    chosen.push(file);
    left -= file.size;
  }
  return { chosen, totalBytes: left, isDone: false };
}

import { stat } from 'node:fs/promises';
import { delay } from '../process/delay.ts';
import { readIsFinalised } from './fmp4.ts';
import { listSegments } from './layout.ts';

// A file that was not begun by then isn't begun any more; one that grows is written in parts of up to a second.
const noFileMs = 300;
const noGrowthMs = 1_500;

/** MediaMTX answers before it has acted: the newest file is closed when its header says so, or when it rests. */
export async function untilFilesRest(segmentsDir: string, now: () => number): Promise<void> {
  let size = -1;
  let changedAt = now();
  while (now() - changedAt < (size < 0 ? noFileMs : noGrowthMs)) {
    const newest = (await listSegments(segmentsDir)).at(-1);
    if (newest && (await readIsFinalised(newest.path))) return;
    const present = newest ? (await stat(newest.path)).size : -1;
    if (present !== size) {
      size = present;
      changedAt = now();
    }
    await delay(10);
  }
}

// Runs a script inside the camera VM to its end, and takes its findings.
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Guest, type GuestOptions } from '@mediamtx-camera-service/testkit';

const GUEST = join(import.meta.dirname, 'guest');

/**
 * Findings by step, as the script of ./guest, which is ours, promises them. What it wrote beside them stays in the
 * directory for temporary files, for whoever finds a fault in the findings.
 */
export async function runInGuest<Findings>(run: GuestOptions): Promise<Partial<Findings>> {
  await using guest = await Guest.start({ ...run, script: join(GUEST, run.script) });
  try {
    await guest.end();
  } finally {
    await writeFile(join(tmpdir(), `camera-vm-${run.script}.log`), guest.log);
  }
  const bySteps = guest.findings.map(({ step, ...finding }) => [step, finding]);
  return Object.fromEntries(bySteps) as Partial<Findings>;
}

/** What a step reported; throws where the guest did not reach it. */
export function finderOf<Findings>(
  read: () => Partial<Findings>,
): <K extends keyof Findings & string>(step: K) => Findings[K] {
  return (step) => {
    const finding = read()[step];
    if (finding === undefined) throw new Error(`the guest did not reach step ${step}`);
    return finding;
  };
}

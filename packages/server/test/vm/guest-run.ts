// Runs a script inside the camera VM to its end, and takes its findings.
import { join } from 'node:path';

import { Guest, type GuestOptions } from '@mediamtx-camera-service/testkit';

const GUEST = join(import.meta.dirname, 'guest');

/** Findings by step, as the script of ./guest, which is ours, promises them. */
export async function runInGuest<Findings>(run: GuestOptions): Promise<Partial<Findings>> {
  await using guest = await Guest.start({ ...run, script: join(GUEST, run.script) });
  await guest.end();
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

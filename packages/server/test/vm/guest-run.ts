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

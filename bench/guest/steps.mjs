// What the scripts that measure inside the camera VM have in common.
import { writeFile } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { report, run } from '../../packages/server/test/vm/guest/steps.mjs';
import { timeWork } from '../lib/work.mjs';

export const NODE = '/dev/video0';

/** Tells how fast the guest is at the moment. */
export function reportWork() {
  report('work', timeWork());
}

/** Loads the drivers of so many cameras; none is plugged in. */
export async function loadCameras(count) {
  for (let number = 1; number <= count; number += 1) {
    await run('plug', String(number));
    await turn(number, 'unbind');
  }
}

/** The driver's own door, since `plug` starts a dozen programs: `bind` plugs a camera in, `unbind` pulls it. */
export async function turn(number, door) {
  await writeFile(`/sys/bus/platform/drivers/vivi${number}/${door}`, `vivi${number}.0`);
}

/** When the node was made, epoch ms. The kernel notes it in steps of its clock, 4 ms. */
export function madeMs() {
  return statSync(NODE).ctimeMs;
}

/** When the last node was taken away, epoch ms: its directory changed then. */
export function takenMs() {
  return statSync('/dev').mtimeMs;
}

/** At a random moment against all that happens at regular times. */
export async function restAtRandom(shortestMs) {
  await sleep(shortestMs + Math.random() * 500);
}

import { fileURLToPath } from 'node:url';
import { Guest } from '@mediamtx-camera-service/testkit';
import { percentile, short, spread } from './numbers.mjs';
import { scope } from './scope.mjs';
import { timeWork } from './work.mjs';

/**
 * Runs a script of bench/guest in the camera VM to its end. Gives what it found by step, and `slowness`: how many times
 * as long the same work takes in the guest, which is emulated. The work is done here before and after, there at its
 * begin and end.
 */
export async function measureInGuest({ script, args = [], cameras = 0, timeoutS }) {
  const here = [timeWork()];
  const findings = await scope(async (use) => {
    const file = fileURLToPath(new URL(`../guest/${script}`, import.meta.url));
    const guest = await use(Guest.start({ script: file, args: args.map(String), cameras, timeoutS }));
    await guest.end();
    return guest.findings;
  });
  here.push(timeWork());
  const found = Object.fromEntries(findings.map(({ step, ...finding }) => [step, finding]));
  const there = findings.filter(({ step }) => step === 'work');
  const factor = (kind) => mean(there.map((work) => work[kind])) / mean(here.map((work) => work[kind]));
  return { found, slowness: { cpu: factor('cpu'), calls: factor('calls') } };
}

/** How the figures of the guest are to be read. */
export function slownessNote({ cpu, calls }) {
  const bias =
    calls > cpu
      ? `System calls are slowed down more than that (${short(calls)} times), so a scaled figure is rather too high than too low.`
      : `System calls are slowed down ${short(calls)} times.`;
  return `The camera is the kernel's own virtual one (vivid), in an emulated machine. “Scaled” is the figure divided by ${short(cpu)}: so many times as long as here does the same computing in Node (JSON, maps, strings) take there, measured in this run on both, before and after. ${bias}`;
}

/** `p50 300, p95 400 ms; scaled p50 30, p95 40 ms` */
export function scaledSpread(values, { cpu }) {
  return `${spread(values)}; scaled ${spread(values.map((value) => value / cpu))}`;
}

/** The scaled figure below which 95 of 100 lie. */
export function scaledP95(values, { cpu }) {
  return percentile(values, 0.95) / cpu;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

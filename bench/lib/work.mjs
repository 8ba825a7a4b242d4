import { statSync } from 'node:fs';
import { median } from './numbers.mjs';

const rounds = 7;

/** How long this machine takes for the same work in Node, in ms: `cpu` computes only, `calls` asks the kernel. */
export function timeWork() {
  return { cpu: timed(compute), calls: timed(askKernel) };
}

/** The first rounds, in which the code is still being optimised, do not count. */
function timed(work) {
  for (let round = 0; round < 3; round += 1) work();
  const times = Array.from({ length: rounds }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return median(times);
}

/** What a service does with a processor: makes objects and texts, and reads them. */
function compute() {
  const seen = new Map();
  for (let index = 0; index < 10_000; index += 1) {
    const text = JSON.stringify({
      device: `camera${index % 64}`,
      index,
      modes: [index, index * 2, index * 3],
    });
    const { device, modes } = JSON.parse(text);
    seen.set(device, (seen.get(device) ?? 0) + modes[2]);
  }
  return seen;
}

function askKernel() {
  for (let index = 0; index < 2_000; index += 1) statSync('/dev/null');
}

// Helpers of the scripts that run inside the camera VM: plain Node, as the guest has no test runner.
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

// Emulated: everything takes 5 to 20 times as long.
const DEADLINE_MS = 90_000;

/** Prints one finding for the host to judge. */
export function report(step, finding) {
  console.log(JSON.stringify({ step, ...finding }));
}

/** Runs a command of the guest, such as plug and unplug; rejects when it fails. */
export async function run(command, ...args) {
  await promisify(execFile)(command, args);
}

/** Waits until the condition gives something; its value. */
export async function until(what, condition, timeoutMs = DEADLINE_MS) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await sleep(20);
  }
}

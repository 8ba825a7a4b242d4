// Runs a script inside the camera VM (vm/run.sh), where the kernel has V4L2 cameras, and takes its findings.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const findingSchema = z.looseObject({ step: z.string() });
const execute = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../../..');
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const GUEST = join(import.meta.dirname, 'guest');

export interface GuestRun {
  /** A script of ./guest, and its arguments. */
  script: string;
  args?: string[];
  /** Cameras plugged in at boot: vivi1, vivi2… */
  cameras: number;
  /** Boot included. */
  timeoutS: number;
}

/**
 * Compiles what the guest runs, since its Node reads no TypeScript, and runs the script.
 * Findings by step, as the script, which is ours, promises them.
 */
export async function runInGuest<Findings>(run: GuestRun): Promise<Partial<Findings>> {
  const { script, args = [], cameras, timeoutS } = run;
  // Types are checked elsewhere; here only a fresh build counts.
  const packages = ['packages/server', 'packages/cli', 'packages/testkit'];
  const compile = [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', ...packages, '--noCheck'];
  await execute(process.execPath, compile, { cwd: ROOT });
  const options = ['--cameras', String(cameras), '--timeout', String(timeoutS), '--env', 'XDG_CACHE_HOME'];
  const command = [process.execPath, join(GUEST, script), ...args];
  const { stdout } = await execute(join(ROOT, 'vm/run.sh'), [...options, '--', ...command], {
    cwd: ROOT,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  const findings = lines.map((line) => findingSchema.parse(JSON.parse(line)));
  const bySteps = Object.fromEntries(findings.map(({ step, ...finding }) => [step, finding]));
  return z.custom<Partial<Findings>>().parse(bySteps);
}

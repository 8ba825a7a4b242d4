import { fileURLToPath } from 'node:url';
import { Program } from './program.ts';

/** The compiled `camera-service`. */
export const cliMain = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url));

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `camera-service` to its end. */
export async function runCli(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<CliResult> {
  await using program = Program.start({ command: process.execPath, args: [cliMain, ...args], env });
  const { code } = await program.exited;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

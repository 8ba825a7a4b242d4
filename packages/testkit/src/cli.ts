import { fileURLToPath } from 'node:url';
import { Program } from './program.ts';

/** The compiled `camera-service`. */
export const cliMain = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url));

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `camera-service` to its end; `input` is what it reads. */
export async function runCli(
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
  input?: string,
): Promise<CliResult> {
  await using program = Program.start({
    ...{ command: process.execPath, args: [cliMain, ...args], env },
    ...(input !== undefined && { input }),
  });
  const { code } = await program.exited;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

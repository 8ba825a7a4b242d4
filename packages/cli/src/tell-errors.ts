import { ConfigError, configExitCode, remedyFor } from '@mediamtx-camera-service/server';

/** Lets a command that fails say why in words, and end with an exit code other than 0. */
export function tellErrors<A extends unknown[]>(
  action: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      await action(...args);
    } catch (error) {
      process.stderr.write(
        linesOf(error)
          .map((line) => `camera-service: ${line}\n`)
          .join(''),
      );
      process.exitCode = error instanceof ConfigError ? configExitCode : 1;
    }
  };
}

function linesOf(error: unknown): string[] {
  if (error instanceof ConfigError) return error.problems;
  const message = error instanceof Error ? error.message : String(error);
  const remedy = remedyFor(error);
  return [remedy === undefined || message.includes(remedy) ? message : `${message}: ${remedy}`];
}

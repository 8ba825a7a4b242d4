import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

let found: string[] | null | undefined;

/**
 * The words that make a program end with this process: `setpriv --pdeathsig TERM --`, or undefined where util-linux
 * is missing. SIGTERM and not SIGKILL, so that MediaMTX still closes the files that it records into.
 */
export function findPdeathsig(env: NodeJS.ProcessEnv = process.env): string[] | undefined {
  if (found === undefined) {
    const file = (env['PATH'] ?? '/usr/bin:/bin')
      .split(delimiter)
      .filter((dir) => dir !== '')
      .map((dir) => join(dir, 'setpriv'))
      .find(isExecutable);
    found = file ? [file, '--pdeathsig', 'TERM', '--'] : null;
  }
  return found ?? undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not in this directory of PATH.
    return false;
  }
}

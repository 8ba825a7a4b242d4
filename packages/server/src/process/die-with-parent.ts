import { spawnSync } from 'node:child_process';
import { childEnvironment } from './child-environment.ts';

/** What the kernel sends to a program whose parent has died. */
export type DeathSignal = 'SIGTERM' | 'SIGKILL';

// The kernel tells nothing of a parent that died before it was asked to: whoever has another parent by then ends at once.
const guard = '[ "$PPID" = "$1" ] || exit 1; shift; exec "$@"';

let isPossible: boolean | undefined;

/**
 * The file and arguments that run a program so that it ends with this process, however that ends: by `setpriv` and a
 * shell, which both become the program; together they cost 1.5 ms. The program as it is where that can't be done.
 */
export function dieWithParent(command: string, args: string[], signal: DeathSignal): [string, string[]] {
  isPossible ??=
    spawnSync('setpriv', words('true', [], 'SIGKILL'), {
      stdio: 'ignore',
      env: childEnvironment(),
    }).status === 0;
  return isPossible ? ['setpriv', words(command, args, signal)] : [command, args];
}

/** Whether the shell could not run the program; other programs don't end with its codes. */
export function isMissing(code: number | null): boolean {
  return isPossible === true && (code === 126 || code === 127);
}

function words(command: string, args: string[], signal: DeathSignal): string[] {
  const asked = ['--pdeathsig', signal.slice('SIG'.length), '--'];
  return [...asked, '/bin/sh', '-c', guard, 'sh', String(process.pid), command, ...args];
}

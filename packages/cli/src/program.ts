import { serviceVersion } from '@mediamtx-camera-service/server';
import { Command } from 'commander';
import { backupCommand } from './backup.ts';
import { configCommand } from './config.ts';
import { keyCommand } from './key.ts';
import { linkCommand } from './link.ts';
import { restoreCommand } from './restore.ts';
import { secretCommand } from './secret.ts';
import { serveCommand } from './serve.ts';
import { tokenCommand } from './token.ts';
import { userCommand } from './user.ts';

// Of a mistake in how a command is called; what fails when it runs is 1.
const usageExitCode = 2;

export function createProgram(): Command {
  const program = new Command('camera-service')
    .description(
      'Finds cameras, shows them live in a browser, snaps and records them, and is controlled by one API.',
    )
    .version(serviceVersion)
    .addCommand(serveCommand())
    .addCommand(linkCommand())
    .addCommand(userCommand())
    .addCommand(keyCommand())
    .addCommand(tokenCommand())
    .addCommand(secretCommand())
    .addCommand(configCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand());
  tellUsage(program, program.name());
  return program;
}

/** A mistake in how a command is called says where its options are told. */
function tellUsage(command: Command, words: string): void {
  command
    .showHelpAfterError(`(${words} --help tells more)`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : usageExitCode));
  for (const child of command.commands) tellUsage(child, `${words} ${child.name()}`);
}

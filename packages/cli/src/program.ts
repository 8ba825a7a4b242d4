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

export function createProgram(): Command {
  return new Command('camera-service')
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
    .addCommand(restoreCommand())
    .showHelpAfterError('(see --help)');
}

import { serviceVersion } from '@mediamtx-camera-service/server';
import { Command } from 'commander';
import { serveCommand } from './serve.ts';
import { tokenCommand } from './token.ts';

export function createProgram(): Command {
  return new Command('camera-service')
    .description(
      'Finds cameras, shows them live in a browser, snaps and records them, and is controlled by one API.',
    )
    .version(serviceVersion)
    .addCommand(serveCommand())
    .addCommand(tokenCommand())
    .showHelpAfterError('(see --help)');
}

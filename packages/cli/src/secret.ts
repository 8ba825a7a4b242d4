import { rotateJwtSecret } from '@mediamtx-camera-service/server';
import { Command } from 'commander';
import { addDataOptions, type DataOptions } from './options.ts';
import { tellErrors } from './tell-errors.ts';

const help = `
Tokens, cookies and links of the old secret are still taken for the time that a token lives
(security.token_expiry). To end them at once, rotate twice. API keys and passwords don't depend on it.`;

/** `camera-service secret …` */
export function secretCommand(): Command {
  const rotate = new Command('rotate')
    .description('Makes a new secret; a service that runs takes it up at its next start')
    .addHelpText('after', help);
  addDataOptions(rotate).action(
    tellErrors(async ({ config, dataDir }: DataOptions) => {
      const { isServiceRunning } = rotateJwtSecret({ configFile: config, dataDir, env: process.env });
      const more = isServiceRunning
        ? ': restart the service, which still uses the old one; tokens that are made meanwhile work from then on'
        : '';
      process.stdout.write(`the secret is a new one${more}\n`);
    }),
  );
  return new Command('secret').description('The secret that tokens are signed with').addCommand(rotate);
}

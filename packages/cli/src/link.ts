import { Command } from 'commander';
import { addDataOptions, withData, type DataOptions } from './options.ts';
import { roleOption, type RoleName } from './rights-options.ts';
import { tellErrors } from './tell-errors.ts';

/** `camera-service link` */
export function linkCommand(): Command {
  const command = new Command('link')
    .description('Prints a link to the page that logs in once, within 10 minutes, while the service runs')
    .addOption(roleOption().default('admin'));
  return addDataOptions(command).action(
    tellErrors(async ({ role, ...options }: DataOptions & { role: RoleName }) => {
      const link = await withData({ ...options, mustExist: true }, async (access) => access.createLink(role));
      process.stdout.write(`${link}\n`);
    }),
  );
}

import type { DataAccess } from '@mediamtx-camera-service/server';
import { Command } from 'commander';
import { addDataOptions, withData, type DataOptions } from './options.ts';
import { tellErrors } from './tell-errors.ts';

/** `camera-service … list`: a table for people, or JSON for programs. */
export function listCommand<Row>(
  description: string,
  { read, format }: { read: (access: DataAccess) => Promise<Row[]>; format: (rows: Row[]) => string },
): Command {
  const command = new Command('list').description(description).option('--json', 'for programs');
  return addDataOptions(command).action(
    tellErrors(async ({ json, ...options }: DataOptions & { json?: true }) => {
      const rows = await withData({ ...options, mustExist: true }, read);
      process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : format(rows));
    }),
  );
}

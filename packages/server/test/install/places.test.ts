import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheDir, findAllOnPath, findOnPath } from '../../src/install/places.mjs';
import { createSandbox } from './programs.ts';

test('the cache is below XDG_CACHE_HOME, or below the home directory', () => {
  expect(cacheDir({ XDG_CACHE_HOME: '/var/cache/x', HOME: '/home/a' })).toBe(
    '/var/cache/x/mediamtx-camera-service',
  );
  expect(cacheDir({ HOME: '/home/a' })).toBe('/home/a/.cache/mediamtx-camera-service');
});

test('a relative XDG_CACHE_HOME is ignored', () => {
  expect(cacheDir({ XDG_CACHE_HOME: 'cache', HOME: '/home/a' })).toBe(
    '/home/a/.cache/mediamtx-camera-service',
  );
});

test('programs are found in the order of PATH', async () => {
  await using sandbox = await createSandbox();
  const second = await sandbox.program('second/tool', 'true');
  expect(await findOnPath('tool', sandbox.env())).toBe(second);
  const first = await sandbox.program('first/tool', 'true');
  expect(await findAllOnPath('tool', sandbox.env())).toEqual([first, second]);
});

test('a file that may not be executed, and a directory, are not programs', async () => {
  await using sandbox = await createSandbox();
  await chmod(await sandbox.program('first/tool', 'true'), 0o644);
  await sandbox.program('second/tool/inner', 'true');
  expect(await findOnPath('tool', sandbox.env())).toBeUndefined();
});

test('relative and empty entries of PATH are passed over', async () => {
  await using sandbox = await createSandbox();
  const path = await sandbox.program('first/tool', 'true');
  const env = sandbox.env({ PATH: `:.:${join(sandbox.directory, 'first')}` });
  expect(await findAllOnPath('tool', env)).toEqual([path]);
  expect(await findOnPath('tool', {})).toBeUndefined();
});

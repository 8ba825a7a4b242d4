import { access, mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withLock, withWorkDir } from '../../src/install/lock.mjs';
import { createSandbox } from './programs.ts';

const LONG_AGO = new Date(Date.now() - 24 * 3_600_000);

test('one holder at a time, in turns, and the lock is gone at the end', async () => {
  await using sandbox = await createSandbox();
  const file = join(sandbox.directory, 'deep', 'lock');
  let holders = 0;
  const seen: number[] = [];
  const work = async () => {
    seen.push(++holders);
    await access(file);
    holders--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(file, {}, work)));
  expect(seen).toEqual([1, 1, 1]);
  await expect(access(file)).rejects.toThrow('ENOENT');
});

test('the lock of a killed process is taken over', async () => {
  await using sandbox = await createSandbox();
  const file = join(sandbox.directory, 'lock');
  await writeFile(file, 'whoever');
  await utimes(file, LONG_AGO, LONG_AGO);
  expect(await withLock(file, {}, () => Promise.resolve('done'))).toBe('done');
});

test('waiting for a lock is told once, and ends on an abort', async () => {
  await using sandbox = await createSandbox();
  const file = join(sandbox.directory, 'lock');
  await writeFile(file, 'someone alive');
  const stop = new AbortController();
  const waiting = withLock(file, { signal: stop.signal, onWait: () => stop.abort() }, () =>
    Promise.resolve(),
  );
  await expect(waiting).rejects.toThrow('aborted');
  expect(await readdir(sandbox.directory)).toEqual(['lock']);
});

test('work that fails releases the lock and removes its directory', async () => {
  await using sandbox = await createSandbox();
  const failing = withLock(join(sandbox.directory, 'lock'), {}, () =>
    withWorkDir(sandbox.directory, async (directory) => {
      await writeFile(join(directory, 'half'), 'half');
      throw new Error('no room');
    }),
  );
  await expect(failing).rejects.toThrow('no room');
  expect(await readdir(sandbox.directory)).toEqual([]);
});

test('what a killed run left long ago is removed, a present run is left alone', async () => {
  await using sandbox = await createSandbox();
  for (const name of ['.work-old', '.work-new']) await mkdir(join(sandbox.directory, name));
  await utimes(join(sandbox.directory, '.work-old'), LONG_AGO, LONG_AGO);
  await withWorkDir(sandbox.directory, () => Promise.resolve());
  expect(await readdir(sandbox.directory)).toEqual(['.work-new']);
});

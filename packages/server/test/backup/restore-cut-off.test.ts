import { existsSync, mkdirSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TempDir } from '@mediamtx-camera-service/testkit';
import { describe, expect, test } from 'vitest';
import {
  commitPlan,
  finishRestore,
  planCalls,
  restoreDir,
  type RestoreStep,
} from '../../src/backup/restore-plan.ts';
import { DataDir, DataDirError } from '../../src/lifecycle/data-dir.ts';

async function contentsOf(root: string): Promise<Record<string, string>> {
  const names = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isFile());
  const texts = await Promise.all(
    names.map(async ({ name }) => [name, await readFile(join(root, name), 'utf8')]),
  );
  return Object.fromEntries(texts) as Record<string, string>;
}

describe('a plan that is cut off after any of its calls', () => {
  const files = ['config.yaml', 'jwt-secret', 'db'];

  async function prepare(root: string): Promise<RestoreStep[]> {
    mkdirSync(join(restoreDir(root), 'new'), { recursive: true });
    for (const name of [...files, 'db-wal', 'db-shm']) await writeFile(join(root, name), `old ${name}`);
    for (const name of [...files, 'extra'])
      await writeFile(join(restoreDir(root), 'new', name), `new ${name}`);
    const step = (name: string): RestoreStep => ({
      from: join(restoreDir(root), 'new', name),
      to: join(root, name),
      before: join(root, `${name}.old`),
    });
    const leaving = ['-wal', '-shm'].map((end) => ({
      to: join(root, `db${end}`),
      before: join(root, `db.old${end}`),
    }));
    return [step('config.yaml'), step('jwt-secret'), step('extra'), ...leaving, step('db')];
  }

  const done = {
    ...Object.fromEntries(
      files.flatMap((name) => [
        [name, `new ${name}`],
        [`${name}.old`, `old ${name}`],
      ]),
    ),
    ...{ extra: 'new extra', 'db.old-wal': 'old db-wal', 'db.old-shm': 'old db-shm' },
  };

  test.for(Array.from({ length: 24 }, (_, calls) => calls))('after %d', async (calls) => {
    await using dir = await TempDir.create();
    const root = dir.join('data');
    mkdirSync(root);
    commitPlan(root, { steps: await prepare(root) });
    const underWay = planCalls(root);
    for (let call = 0; call < calls; call++) underWay.next();
    // At every moment each name is the old file or the new one, and a database never has another one's journal.
    const midway = await contentsOf(root);
    for (const name of files) expect([`old ${name}`, `new ${name}`]).toContain(midway[name]);
    if (midway['db'] === 'new db') expect(midway).not.toHaveProperty('db-wal');
    finishRestore(root);
    expect(await contentsOf(root)).toEqual(done);
    expect(existsSync(restoreDir(root))).toBe(false);
    expect(finishRestore(root)).toBe(false);
  });

  test('what is not committed is cleared away and changes nothing', async () => {
    await using dir = await TempDir.create();
    const root = dir.join('data');
    mkdirSync(root);
    await prepare(root);
    const before = await contentsOf(root);
    expect(finishRestore(root)).toBe(false);
    expect(await contentsOf(root)).toEqual(before);
    expect(existsSync(restoreDir(root))).toBe(false);
  });

  test('it is left to the process that is at it', async () => {
    await using dir = await TempDir.create();
    const root = dir.join('data');
    const held = DataDir.acquire(root);
    commitPlan(root, { steps: await prepare(root) });
    expect(() => finishRestore(root)).toThrow(DataDirError);
    held.release();
    expect(finishRestore(root)).toBe(true);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TempDir } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { restoreBackup } from '../../src/backup/restore.ts';
import { finishRestore, isRestorePending, restoreDir } from '../../src/backup/restore-plan.ts';
import { fillDataDir, makeBackup, sourcesOf, usersOf } from '../backup/lab.ts';

const restorer = `
  import { restoreBackup } from '${new URL('../../dist/backup/restore.js', import.meta.url).href}';
  const [file, root] = process.argv.slice(1);
  process.stdout.write('begins');
  await restoreBackup({ file, sources: { env: {}, flags: { 'storage.data_dir': root } }, force: true });
`;

/** Restores in a process that is killed so long after it began; how that ended. */
async function killAfter(delayMs: number, file: string, root: string): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', restorer, file, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  setTimeout(() => child.kill('SIGKILL'), delayMs);
  return (await ended)[1] as NodeJS.Signals | null;
}

test('a restore that is killed at any moment leaves the old state or the new one', async () => {
  await using dir = await TempDir.create();
  await makeBackup(dir.join('source'), 'ada', dir.join('b.tar.gz'));
  (await fillDataDir(dir.join('template'), 'eve')).close();
  const outcomes = new Set<string>();
  // Later and later into it, until it comes through.
  for (let delayMs = 0; delayMs < 2_000 && !outcomes.has('ended'); delayMs += 8) {
    const root = dir.join('data');
    await rm(root, { recursive: true, force: true });
    cpSync(dir.join('template'), root, { recursive: true });
    const how = await killAfter(delayMs, dir.join('b.tar.gz'), root);
    const wasPending = isRestorePending(root);
    finishRestore(root);
    const [user] = usersOf(root);
    const config = await readFile(join(root, 'config.yaml'), 'utf8');
    expect(config).toContain(`# of ${user}`);
    expect(await readFile(join(root, 'secrets', 'jwt-secret'), 'utf8')).toContain(user);
    expect(existsSync(restoreDir(root))).toBe(false);
    if (wasPending) expect(user).toBe('ada');
    outcomes.add(how === 'SIGKILL' ? `killed, ${user}` : 'ended');
  }
  expect(outcomes).toContain('killed, eve');
  expect(outcomes).toContain('ended');
  // And once more over what was left.
  await restoreBackup({ file: dir.join('b.tar.gz'), sources: sourcesOf(dir.join('data')), force: true });
  expect(usersOf(dir.join('data'))).toEqual(['ada']);
});

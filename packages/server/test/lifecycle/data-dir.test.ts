import { existsSync, statSync, writeFileSync } from 'node:fs';
import { Program, TempDir, Tmpfs, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { DataDir, DataDirError, dataPaths } from '../../src/lifecycle/data-dir.ts';

test('a directory that is not there is made, closed to others', async () => {
  await using dir = await TempDir.create();
  const held = DataDir.acquire(dir.join('a', 'b'));
  for (const path of [held.paths.recordings, held.paths.snapshots, held.paths.stills])
    expect(existsSync(path)).toBe(true);
  expect(statSync(held.paths.run).mode & 0o777).toBe(0o700);
  expect(statSync(held.paths.root).mode & 0o007).toBe(0);
  held.release();
});

test('it is held by one at a time, and free again after the release', async () => {
  await using dir = await TempDir.create();
  const first = DataDir.acquire(dir.path);
  expect(() => DataDir.acquire(dir.path)).toThrow(DataDirError);
  expect(() => DataDir.acquire(dir.path)).toThrow(
    `${dir.path} is in use by another instance (process ${process.pid})`,
  );
  first.release();
  DataDir.acquire(dir.path).release();
});

test('on a full disk it says to make room, whether the directory is new or was used', async () => {
  await using disk = await Tmpfs.mount(1_000_000);
  DataDir.acquire(disk.join('used')).release();
  await disk.fill();
  for (const name of ['used', 'new'])
    expect(() => DataDir.acquire(disk.join(name))).toThrow(/can't be .*: make room on its disk, or choose/);
});

test('the lock of a process that was killed is no lock', async () => {
  await using dir = await TempDir.create();
  DataDir.acquire(dir.path).release();
  const { run } = dataPaths(dir.path);
  const script = `const { DatabaseSync } = require(${JSON.stringify(sqlite)}); globalThis.lock = new DatabaseSync(${JSON.stringify(`${run}/lock.db`)});
    lock.exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => {}, 1000);`;
  await using holder = Program.start({
    command: process.execPath,
    args: ['-e', script],
    cwd: import.meta.dirname,
  });
  await until(() => holder.stdout.includes('held'), { what: `the lock; ${holder.stderr}` });
  expect(() => DataDir.acquire(dir.path)).toThrow('is in use by another instance');
  holder.kill('SIGKILL');
  await holder.exited;
  DataDir.acquire(dir.path).release();
});

test('a lock file that is no database says what to do', async () => {
  await using dir = await TempDir.create();
  const held = DataDir.acquire(dir.path);
  held.release();
  writeFileSync(`${held.paths.run}/lock.db`, 'x'.repeat(4_096));
  expect(() => DataDir.acquire(dir.path)).toThrow(
    /can't be used \(.*not a database.*choose another with --data-dir/,
  );
});

const sqlite = Number(process.versions.node.split('.')[0]) >= 24 ? 'node:sqlite' : '@photostructure/sqlite';

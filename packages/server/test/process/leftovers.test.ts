import { symlinkSync } from 'node:fs';
import { Program, TempDir, until } from '@mediamtx-camera-service/testkit';
import { afterEach, expect, test } from 'vitest';
import {
  endLeftovers,
  findLeftovers,
  markChildren,
  ownerVariable,
  readStartTicks,
} from '../../src/process/leftovers.ts';

afterEach(() => {
  delete process.env[ownerVariable];
});

/** A shell that has not become its program yet has another command line. */
const untilRuns = (dataDir: string, command: string) =>
  until(() => findLeftovers(dataDir).some((left) => left.command === command), { what: command });

const shell = (script: string) => Program.start({ command: '/bin/sh', args: ['-c', script] });

test('what the last run left is ended, gently or not, and what that had started too', async () => {
  await using dir = await TempDir.create();
  markChildren(dir.path);
  await using gentle = shell('exec sleep 600');
  await using deaf = shell("trap '' TERM; sleep 601 & echo ready; while :; do sleep 0.05; done");
  await until(() => deaf.stdout.includes('ready'));
  await untilRuns(dir.path, 'sleep 600');
  symlinkSync(dir.path, dir.join('link'));
  const ended = await endLeftovers(dir.join('link'), 200);
  expect(ended).toEqual(expect.arrayContaining(['sleep 600', 'sleep 601']));
  expect((await gentle.exited).signal).toBe('SIGTERM');
  expect((await deaf.exited).signal).toBe('SIGKILL');
  expect(findLeftovers(dir.path)).toEqual([]);
});

test('programs of others are never signalled: of another data directory, of nobody, this one', async () => {
  await using dir = await TempDir.create();
  await using other = await TempDir.create();
  await using nobodys = shell('exec sleep 600');
  markChildren(other.path);
  await using others = shell('exec sleep 600');
  await untilRuns(other.path, 'sleep 600');
  expect(await endLeftovers(dir.path)).toEqual([]);
  expect([nobodys.hasExited, others.hasExited]).toEqual([false, false]);
  expect(findLeftovers(other.path)).toEqual([
    { pid: others.pid, startTicks: readStartTicks(others.pid), command: 'sleep 600' },
  ]);
});

test('a process that has ended has no start time', async () => {
  await using program = shell('exit 0');
  const { pid } = program;
  await program.exited;
  expect(readStartTicks(pid)).toBeUndefined();
});

import { existsSync, writeFileSync } from 'node:fs';
import { Program, TempDir, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { readStartTicks, reapLeftovers, writePidFile } from '../../src/process/pid-files.ts';

const shell = (script: string) => Program.start({ command: '/bin/sh', args: ['-c', script] });

test('what the last run left is ended, gently or not, and its files go', async () => {
  await using dir = await TempDir.create();
  await using gentle = shell('exec sleep 600');
  await using deaf = shell("trap '' TERM; echo ready; while :; do sleep 0.05; done");
  await until(() => deaf.stdout.includes('ready'));
  const files = [
    writePidFile(dir.path, 'a', gentle.pid, 'gentle'),
    writePidFile(dir.path, 'b', deaf.pid, 'deaf'),
  ];
  expect((await reapLeftovers(dir.path)).sort()).toEqual(['deaf', 'gentle']);
  expect((await gentle.exited).signal).toBe('SIGTERM');
  expect((await deaf.exited).signal).toBe('SIGKILL');
  expect(files.some(existsSync)).toBe(false);
});

test('a number that the kernel gave to another program is never signalled', async () => {
  await using dir = await TempDir.create();
  await using other = shell('exec sleep 600');
  for (const startTicks of ['1', '']) {
    writeFileSync(dir.join('a-1.pid'), JSON.stringify({ pid: other.pid, startTicks, command: 'ours' }));
    expect(await reapLeftovers(dir.path)).toEqual([]);
    expect(existsSync(dir.join('a-1.pid'))).toBe(false);
  }
  expect(other.hasExited).toBe(false);
  expect(readStartTicks(other.pid)).toMatch(/^\d+$/);
});

test('files that a crash cut off, or of another kind, name nobody', async () => {
  await using dir = await TempDir.create();
  for (const [at, text] of [
    '',
    '{"pid": 12',
    'null',
    '[]',
    '{"pid":"12"}',
    '{"pid":12,"startTicks":3,"command":"x"}',
  ].entries()) {
    writeFileSync(dir.join(`a-${at}.pid`), text);
  }
  writeFileSync(dir.join('owner.json'), '{}');
  expect(await reapLeftovers(dir.path)).toEqual([]);
  expect(existsSync(dir.join('a-0.pid'))).toBe(false);
  expect(existsSync(dir.join('owner.json'))).toBe(true);
});

test('a directory that was never made holds nothing', async () => {
  expect(await reapLeftovers('/nowhere/run')).toEqual([]);
});

test('a process that has ended has no start time', async () => {
  await using program = shell('exit 0');
  const { pid } = program;
  await program.exited;
  expect(readStartTicks(pid)).toBeUndefined();
});

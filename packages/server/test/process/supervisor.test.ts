import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { TempDir, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import type { ChildExit, ChildOptions } from '../../src/process/child-process.ts';
import { delay } from '../../src/process/delay.ts';
import { describeExit, Supervisor } from '../../src/process/supervisor.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

interface Setup {
  script: string;
  child?: () => ChildOptions | Promise<ChildOptions>;
  probe?: (signal: AbortSignal) => Promise<void>;
  readyTimeoutMs?: number;
}

function supervise({ script, child, probe = async () => {}, readyTimeoutMs = 20_000 }: Setup) {
  const exits: ChildExit[] = [];
  const pids: number[] = [];
  const shell = (): ChildOptions => ({ name: 'shell', command: '/bin/sh', args: ['-c', script] });
  const supervisor = new Supervisor({
    name: 'shell',
    child: child ?? shell,
    probe,
    readyTimeoutMs,
    onReady: (pid) => pids.push(pid),
    onExit: (exit) => exits.push(exit),
    log: silent,
  });
  return Object.assign(supervisor, { exits, pids, [Symbol.asyncDispose]: () => supervisor.stop() });
}

/** Answers when the file is there. */
const probeFile = (file: string) => async (signal: AbortSignal) => {
  while (!existsSync(file) && !signal.aborted) await delay(10, signal);
  if (signal.aborted) throw new Error('no answer');
};

test('start resolves when the program answers, and stop ends it for good', async () => {
  await using dir = await TempDir.create();
  const file = dir.join('up');
  await using supervisor = supervise({ script: `touch ${file}; exec sleep 600`, probe: probeFile(file) });
  await supervisor.start();
  expect(supervisor).toMatchObject({ isReady: true, lastFailure: undefined, pids: [supervisor.pid] });
  await supervisor.stop();
  expect(supervisor).toMatchObject({ isReady: false, pid: undefined });
  expect(supervisor.exits).toMatchObject([{ reason: 'stopped' }]);
});

test('a program that is killed comes back as another one, and the reason is kept', async () => {
  await using supervisor = supervise({ script: 'exec sleep 600' });
  await supervisor.start();
  process.kill(supervisor.pid!, 'SIGKILL');
  await until(() => supervisor.pids.length === 2);
  expect(new Set(supervisor.pids).size).toBe(2);
  expect(supervisor.lastFailure).toBe('shell was ended by SIGKILL');
});

test('one that does not answer in time is ended and started anew, until it does', async () => {
  await using dir = await TempDir.create();
  const file = dir.join('up');
  await using supervisor = supervise({
    script: 'exec sleep 600',
    probe: probeFile(file),
    readyTimeoutMs: 100,
  });
  const ready = supervisor.start();
  await until(() => supervisor.exits.length >= 2);
  expect(supervisor.exits[0]).toMatchObject({ reason: 'timed_out' });
  expect(supervisor.lastFailure).toBe('shell did not answer in time');
  expect(supervisor.isReady).toBe(false);
  writeFileSync(file, '');
  await ready;
  expect(supervisor.isReady).toBe(true);
});

test('a restart that is ordered ends the run and starts the next', async () => {
  await using supervisor = supervise({ script: 'exec sleep 600' });
  await supervisor.start();
  await supervisor.restart();
  await until(() => supervisor.pids.length === 2);
  expect(supervisor.isReady).toBe(true);
});

test('what can not even be described is a failed run, told in its words, and tried again', async () => {
  await using dir = await TempDir.create();
  const file = dir.join('missing');
  writeFileSync(file, '');
  const child = (): ChildOptions => {
    if (existsSync(file)) throw new Error('it is not installed');
    return { name: 'shell', command: '/bin/sh', args: ['-c', 'exec sleep 600'] };
  };
  await using supervisor = supervise({ script: '', child });
  const ready = supervisor.start();
  await until(() => supervisor.lastFailure === 'shell could not be started: it is not installed');
  rmSync(file);
  await ready;
});

test('stop before it ever answered rejects the start and ends the loop', async () => {
  await using dir = await TempDir.create();
  await using supervisor = supervise({ script: 'exec sleep 600', probe: probeFile(dir.join('never')) });
  const ready = supervisor.start();
  const rejected = expect(ready).rejects.toThrow('shell was stopped');
  await until(() => supervisor.pid !== undefined);
  await supervisor.stop();
  await rejected;
  expect(supervisor.exits).toMatchObject([{ reason: 'stopped' }]);
});

test.each([
  [
    { reason: 'crashed', code: 2, signal: null, stderrTail: ['a', 'port taken'] },
    'x ended with code 2: port taken',
  ],
  [{ reason: 'crashed', code: null, signal: 'SIGSEGV', stderrTail: [] }, 'x was ended by SIGSEGV'],
  [
    { reason: 'spawn_failed', code: null, signal: null, stderrTail: ['ENOENT'] },
    'x could not be started: ENOENT',
  ],
] as const)('an end is told in one sentence: %#', (exit, sentence) => {
  expect(describeExit('x', { durationMs: 1, ...exit, stderrTail: [...exit.stderrTail] })).toBe(sentence);
});

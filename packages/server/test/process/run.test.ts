import { expect, test } from 'vitest';
import { run } from '../../src/process/run.ts';

const shell = (script: string, options: object = {}) =>
  run({ command: '/bin/sh', args: ['-c', script], timeoutMs: 20_000, ...options });

test('what it printed comes with how it ended', async () => {
  const { stdout, exit } = await shell('cat; echo trouble >&2; exit 4', { input: Buffer.from('input') });
  expect(stdout.toString()).toBe('input');
  expect(exit).toMatchObject({ code: 4, reason: 'crashed', stderrTail: ['trouble'] });
});

test.each([
  ['too slow', { timeoutMs: 20 }, 'timed_out'],
  ['aborted before', { signal: AbortSignal.abort() }, 'stopped'],
  ['of too many words', { maxOutputBytes: 1_000 }, 'crashed'],
])('one that is %s is ended', async (_what, options, reason) => {
  const { exit } = await shell('while :; do echo words; done', options);
  expect(exit).toMatchObject({ reason, signal: 'SIGKILL' });
});

test('one that is aborted on its way is ended', async () => {
  const abort = new AbortController();
  const running = shell('exec sleep 600', { signal: abort.signal });
  abort.abort();
  expect((await running).exit.reason).toBe('stopped');
});

test('one that is missing is spawn_failed', async () => {
  const { exit } = await run({ command: '/nowhere/program', args: [], timeoutMs: 20_000 });
  expect(exit).toMatchObject({ reason: 'spawn_failed' });
  expect(exit.stderrTail.join()).toContain('/nowhere/program');
});

test('input that nobody reads does no harm', async () => {
  const { exit } = await shell('exit 0', { input: Buffer.alloc(4 * 1024 * 1024) });
  expect(exit.reason).toBe('exited');
});

import { expect, test } from 'vitest';
import { lastLines, run } from '../../src/install/run.mjs';
import { createSandbox } from './programs.ts';

const env = { PATH: '/usr/bin:/bin' };

test('codes are those of a shell', async () => {
  await using sandbox = await createSandbox();
  expect((await run('sh', ['-c', 'exit 7'], { env })).code).toBe(7);
  expect((await run('/gone', [], { env })).code).toBe(127);
  expect((await run(sandbox.directory, [], { env })).code).toBe(126);
  expect((await run('sleep', ['60'], { env, timeoutMs: 20 })).code).toBe(124);
});

test('an abort ends the program with everything it started', async () => {
  const stop = new AbortController();
  const running = run('sh', ['-c', 'sleep 60 & sleep 60; echo never'], { env, signal: stop.signal });
  stop.abort(new Error('stopped'));
  // It settles only when the pipes are closed, so that it would wait for a surviving sleep.
  await expect(running).rejects.toThrow('stopped');
});

test('a program that must not be interrupted is finished first', async () => {
  await using sandbox = await createSandbox();
  const stop = new AbortController();
  const program = await sandbox.program('slow', `sleep 0.2; touch ${sandbox.directory}/finished`);
  const running = run(program, [], { env, signal: stop.signal, isKilledOnAbort: false });
  stop.abort(new Error('stopped'));
  await expect(running).rejects.toThrow('stopped');
  expect((await run('ls', [`${sandbox.directory}/finished`], { env })).code).toBe(0);
});

test('the last lines come from stderr, else stdout, else they are the exit code', () => {
  expect(lastLines({ code: 1, stdout: 'x', stderr: 'a\nb\nc\n' }, 2)).toBe('b\nc');
  expect(lastLines({ code: 1, stdout: 'x\n', stderr: '' })).toBe('x');
  expect(lastLines({ code: 3, stdout: '', stderr: '' })).toBe('exit code 3');
});

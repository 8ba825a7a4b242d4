import { expect, test } from 'vitest';
import { Program } from '@mediamtx-camera-service/testkit';
import { dieWithParent } from '../../src/process/die-with-parent.ts';
import { run } from '../../src/process/run.ts';

test('the program takes the place of what started it, with its arguments as they are', async () => {
  const { stdout } = await run({ command: '/bin/echo', args: ['$HOME', "it's", ''], timeoutMs: 20_000 });
  expect(stdout.toString()).toBe("$HOME it's \n");
  const ids = await run({ command: '/bin/sh', args: ['-c', 'echo $PPID'], timeoutMs: 20_000 });
  expect(ids.stdout.toString()).toBe(`${process.pid}\n`);
});

test('a program whose parent died before it asked to die with it does not run', async () => {
  const [file, args] = dieWithParent('/bin/echo', ['ran'], 'SIGKILL');
  // A shell in between is its parent, in place of the process that ordered it.
  await using program = Program.start({
    command: '/bin/sh',
    args: ['-c', '"$@"; exit $?', 'sh', file, ...args],
  });
  expect((await program.exited).code).toBe(1);
  expect(program.stdout).toBe('');
});

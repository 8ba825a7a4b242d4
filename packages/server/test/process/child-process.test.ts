import { until } from '@mediamtx-camera-service/testkit';
import { describe, expect, test } from 'vitest';
import { ChildProcess, type ChildOptions } from '../../src/process/child-process.ts';

/** A real shell that runs these words; it says `ready` where a test must wait for its traps. */
function shell(
  script: string,
  options: Partial<ChildOptions> = {},
): ChildProcess & AsyncDisposable & { lines: string[] } {
  const lines: string[] = [];
  const child = new ChildProcess({
    name: 'shell',
    command: '/bin/sh',
    args: ['-c', script],
    onLine: (stream, line) => lines.push(`${stream}: ${line}`),
    ...options,
  });
  return Object.assign(child, { lines, [Symbol.asyncDispose]: async () => void (await child.kill()) });
}

const sleeper = "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done";
const stubborn = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
const isReady = ({ lines }: { lines: string[] }) => until(() => lines.includes('stdout: ready'));

describe('a run that ends by itself', () => {
  test('is told with its code, its reason and what it said last', async () => {
    await using child = shell('echo out; echo "went wrong" >&2; exit 3');
    child.start();
    expect(await child.exited).toMatchObject({
      code: 3,
      signal: null,
      reason: 'crashed',
      stderrTail: expect.arrayContaining(['out', 'went wrong']) as unknown,
    });
    expect(child).toMatchObject({ state: 'exited', pid: undefined });
    expect(child.lines.toSorted()).toEqual(['stderr: went wrong', 'stdout: out']);
  });

  test('with code 0 has exited, by a foreign signal has crashed', async () => {
    await using good = shell('exit 0');
    good.start();
    expect(await good.exited).toMatchObject({ code: 0, reason: 'exited' });
    await using shot = shell('kill -9 $$');
    shot.start();
    expect(await shot.exited).toMatchObject({ code: null, signal: 'SIGKILL', reason: 'crashed' });
  });

  test('keeps the last 200 lines of a flood and drains the rest', async () => {
    await using child = shell('i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done');
    child.start();
    const { stderrTail, reason } = await child.exited;
    expect(reason).toBe('exited');
    expect(stderrTail).toHaveLength(200);
    expect([stderrTail[0], stderrTail.at(-1)]).toEqual(['line 4800', 'line 4999']);
    expect(child.lines).toHaveLength(5_000);
  });

  test('tells progress apart, which is not kept', async () => {
    await using child = shell('echo frame=1 >&3; echo words; echo frame=2 >&3', { progressPipe: true });
    child.start();
    expect((await child.exited).stderrTail).toEqual(['words']);
    expect(child.lines.toSorted()).toEqual(['progress: frame=1', 'progress: frame=2', 'stdout: words']);
  });
});

test('a program that is missing is spawn_failed, and names itself', async () => {
  await using child = shell('', { command: '/nowhere/program' });
  child.start();
  const { reason, stderrTail } = await child.exited;
  expect(reason).toBe('spawn_failed');
  expect(stderrTail.join('\n')).toContain('/nowhere/program');
});

describe('stopping', () => {
  test('goes by the steps: a word on stdin first', async () => {
    await using child = shell('echo ready; read word; echo "got $word"; exit 0', {
      stdin: 'pipe',
      stopSteps: [{ stdin: 'q\n', waitMs: 10_000 }],
    });
    child.start();
    await isReady(child);
    expect(await child.stop()).toMatchObject({ code: 0, signal: null, reason: 'stopped' });
    expect(child.lines).toContain('stdout: got q');
  });

  test('by SIGTERM is enough for most, and by SIGKILL for the rest', async () => {
    await using gentle = shell(sleeper);
    await using deaf = shell(stubborn, { stopSteps: [{ signal: 'SIGTERM', waitMs: 50 }] });
    for (const child of [gentle, deaf]) {
      child.start();
      await isReady(child);
    }
    expect(await gentle.stop()).toMatchObject({ code: 0, reason: 'stopped' });
    expect(await deaf.stop()).toMatchObject({ signal: 'SIGKILL', reason: 'stopped' });
  });

  test('twice, at once and afterwards, is one stop', async () => {
    await using child = shell(sleeper);
    child.start();
    await isReady(child);
    const [first, second] = await Promise.all([child.stop(), child.stop()]);
    expect(second).toBe(first);
    expect(await child.stop()).toBe(first);
  });

  test('before the start prevents it', async () => {
    await using child = shell(sleeper);
    expect(await child.stop()).toMatchObject({ reason: 'stopped', code: null });
    expect(() => child.start()).toThrow('shell was started already');
  });

  test('by kill is at once and says why', async () => {
    await using child = shell(stubborn);
    child.start();
    expect(await child.kill('timed_out')).toMatchObject({ signal: 'SIGKILL', reason: 'timed_out' });
  });
});

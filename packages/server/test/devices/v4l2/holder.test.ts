import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import { findHolder } from '../../../src/devices/v4l2/holder.ts';

it('names the process that has the file open, until it ends', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'holder-'));
  const node = join(directory, 'video0');
  await writeFile(node, '');
  const handle = await open(node);
  const child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', handle.fd] });
  try {
    await once(child, 'spawn');
    // The program's name is the parent's until it has replaced itself.
    await expect.poll(() => findHolder(node)).toEqual({ pid: child.pid, command: 'sleep' });
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  // This process still has it open, and is not asked about.
  expect(await findHolder(node)).toBeUndefined();
  await handle.close();
  await rm(directory, { recursive: true });
});

it('is undefined for a node that does not exist', async () => {
  expect(await findHolder(join(tmpdir(), 'no-such-video0'))).toBeUndefined();
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { TempDir } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { ConfigKeeper } from '../../dist/config/config-keeper.js';

const writer = `
  import { ConfigKeeper } from '${new URL('../../dist/config/config-keeper.js', import.meta.url).href}';
  const keeper = new ConfigKeeper({ file: process.argv[1], env: {} });
  for (let linger = 1; ; linger = (linger % 3000) + 1) {
    await keeper.set({ 'camera.linger': linger });
    process.stdout.write('.');
  }
`;

test('a process that is killed while it changes the file leaves one whole file', async () => {
  await using dir = await TempDir.create();
  const file = dir.join('config.yaml');
  const comment = `# ${'kept '.repeat(20_000)}`;
  for (let round = 0; round < 6; round++) {
    await writeFile(file, `${comment}\ncamera:\n  linger: 0\n`);
    const child = spawn(process.execPath, ['--input-type=module', '-e', writer, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    // In the middle of one of its many changes, another one each time.
    let seen = 0;
    for await (const dots of child.stdout) {
      seen += String(dots).length;
      if (seen > round * 3) break;
    }
    child.kill('SIGKILL');
    expect((await ended)[1]).toBe('SIGKILL');
    const { camera } = new ConfigKeeper({ file, env: {} }).effective;
    expect(camera.linger).toBeGreaterThan(0);
    expect(await readFile(file, 'utf8')).toBe(`${comment}\ncamera:\n  linger: ${camera.linger}\n`);
  }
  // What a killed one left is not in the way, and goes.
  await new ConfigKeeper({ file, env: {} }).set({ 'camera.linger': 77 });
  expect(await readdir(dir.path)).toEqual(['config.yaml']);
});

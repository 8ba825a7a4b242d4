import { chmod, writeFile } from 'node:fs/promises';
import { Service, TempDir, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';

test('a signal during the start ends it cleanly, although MediaMTX does not come up', async () => {
  await using dir = await TempDir.create();
  // A MediaMTX that hangs before it listens can't be had from the real one.
  const binary = dir.join('mediamtx');
  await writeFile(binary, '#!/bin/sh\n[ "$1" = --version ] && echo v1.20.1 && exit\nexec sleep 600\n');
  await chmod(binary, 0o755);
  await using service = await Service.launch({
    mediamtx: 'managed',
    env: { CAMERA_SERVICE_MEDIAMTX_BINARY: binary },
  });
  await until(() => service.log.includes('health port listens'));
  service.program.kill('SIGTERM');
  expect(await service.program.exited).toEqual({ code: 0, signal: null });
});

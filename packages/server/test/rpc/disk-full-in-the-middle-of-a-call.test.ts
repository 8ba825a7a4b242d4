import { writeFileSync } from 'node:fs';
import { errorCatalog } from '@mediamtx-camera-service/protocol';
import { Tmpfs } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { createCore } from './harness/rpc-harness.ts';

test('it is told with the sizes that a refusal beforehand has', async () => {
  await using disk = await Tmpfs.mount(1_048_576);
  await disk.fill();
  const { call } = createCore({
    storage: { dataDir: disk.path, minFreeBytes: 200_000_000 },
    handlers: {
      get_camera_list: () => {
        writeFileSync(disk.join('more'), 'x');
        throw new Error('there was room');
      },
    },
  });
  const { error } = await call('get_camera_list', {}, 'viewer');
  expect(error).toMatchObject({
    code: -32060,
    data: { reason: 'disk_full', available_space: 0, total_space: 1_048_576, threshold: 200_000_000 },
  });
  expect(Object.keys(error!.data)).toEqual(
    expect.arrayContaining([...errorCatalog.insufficient_storage.data]),
  );
});

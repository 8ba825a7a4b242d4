import { writeFileSync } from 'node:fs';
import { Tmpfs } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { createHttpApp } from '../../src/http/app.ts';
import { bearer, createParts } from './support.ts';

test('it is answered with 507 and the sizes, not as a fault of the service', async () => {
  await using disk = await Tmpfs.mount(1_048_576);
  await disk.fill();
  const parts = createParts({
    storage: { dataDir: disk.path, minFreeBytes: 5 },
    metricsText: async () => {
      writeFileSync(disk.join('more'), 'x');
      return '';
    },
  });
  await using app = await createHttpApp(parts);
  const reply = await app.inject({ url: '/metrics', headers: await bearer(parts) });
  expect(reply.statusCode).toBe(507);
  expect(reply.json()).toMatchObject({
    error: {
      code: -32060,
      data: { reason: 'disk_full', available_space: 0, total_space: 1_048_576, threshold: 5 },
    },
  });
});

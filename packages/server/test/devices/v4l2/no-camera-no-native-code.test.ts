import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

import type { DeviceCandidate } from '../../../src/devices/device.ts';
import { V4l2Watcher } from '../../../src/devices/v4l2/watcher.ts';
import { makeDeviceTree } from './device-tree.ts';

// A file of its own, so that no other test of this process has loaded the native module.
it('a machine without cameras gets an empty list, and loads no native code for it', async () => {
  await using tree = await makeDeviceTree();
  const watcher = new V4l2Watcher({ devDir: tree.devDir, sysDir: tree.sysDir });
  const deliveries: DeviceCandidate[][] = [];
  watcher.onChange((candidates) => deliveries.push(candidates));
  await watcher.start();
  await watcher.stop();
  expect(deliveries).toEqual([[]]);
  expect(await readFile('/proc/self/maps', 'utf8')).not.toContain('koffi');
});

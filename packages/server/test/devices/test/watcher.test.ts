import { expect, it } from 'vitest';

import type { DeviceCandidate } from '../../../src/devices/device.ts';
import { TestWatcher } from '../../../src/devices/test/watcher.ts';

function watch(count: number): { watcher: TestWatcher; deliveries: DeviceCandidate[][] } {
  const watcher = new TestWatcher({ count, width: 640, height: 360, fps: 15 });
  const deliveries: DeviceCandidate[][] = [];
  watcher.onChange((candidates) => deliveries.push(candidates));
  return { watcher, deliveries };
}

it('delivers the test cameras at start, each with its own bus and one mode', async () => {
  const { watcher, deliveries } = watch(2);
  await watcher.start();
  expect(deliveries).toHaveLength(1);
  expect(
    deliveries[0]?.map(({ name, kind, node, identity }) => [name, kind, node, identity.busInfo]),
  ).toEqual([
    ['Test camera', 'test', null, 'test:0'],
    ['Test camera 2', 'test', null, 'test:1'],
  ]);
  expect(deliveries[0]?.[0]?.identity.card).toBe('test');
  expect(deliveries[0]?.[0]?.capabilities.modes).toEqual([
    { pixelFormat: 'YU12', width: 640, height: 360, fps: 15 },
  ]);
});

it('delivers an empty list at start when there is none', async () => {
  const { watcher, deliveries } = watch(0);
  await watcher.start();
  expect(deliveries).toEqual([[]]);
});

it('delivers the whole list when the count changes, and nothing when it does not', async () => {
  const { watcher, deliveries } = watch(1);
  await watcher.start();
  watcher.setCount(3);
  watcher.setCount(3);
  await watcher.rescan();
  watcher.setCount(1);
  expect(deliveries.map((list) => list.length)).toEqual([1, 3, 1]);
});

it('delivers nothing before start and after stop', async () => {
  const { watcher, deliveries } = watch(1);
  watcher.setCount(2);
  expect(deliveries).toEqual([]);
  await watcher.start();
  await watcher.stop();
  await watcher.stop();
  watcher.setCount(1);
  expect(deliveries.map((list) => list.length)).toEqual([2]);
});

it('does not start once aborted', async () => {
  const { watcher, deliveries } = watch(1);
  await expect(watcher.start(AbortSignal.abort(new Error('shutting down')))).rejects.toThrow('shutting down');
  expect(deliveries).toEqual([]);
});

it('a listener cannot change what the others get', async () => {
  const watcher = new TestWatcher({ count: 1, width: 640, height: 360, fps: 15 });
  const names: string[] = [];
  for (let i = 0; i < 2; i += 1) {
    watcher.onChange(([candidate]) => {
      names.push(candidate?.name ?? '');
      if (candidate) candidate.name = 'changed';
    });
  }
  await watcher.start();
  expect(names).toEqual(['Test camera', 'Test camera']);
});

import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import type { DeviceCandidate } from '../../../src/devices/device.ts';
import { V4l2Watcher, type V4l2WatcherOptions } from '../../../src/devices/v4l2/watcher.ts';
import { makeDeviceTree, type DeviceTree } from './device-tree.ts';

// Long enough that what a test sees came from an event, and not from the clock.
const NEVER_MS = 3_600_000;

interface Watched extends AsyncDisposable {
  watcher: V4l2Watcher;
  /** The nodes of each delivery. */
  deliveries: string[][];
  warnings: string[];
}

function watchTree(tree: DeviceTree, options: V4l2WatcherOptions = {}): Watched {
  const deliveries: string[][] = [];
  const warnings: string[] = [];
  const log = { warn: (_fields: object, message: string): void => void warnings.push(message) };
  const { devDir, sysDir } = tree;
  const watcher = new V4l2Watcher({ devDir, sysDir, rescanMs: NEVER_MS, settleMs: 10, log, ...options });
  watcher.onChange((list: DeviceCandidate[]) => {
    deliveries.push(list.map(({ node }) => node?.slice(devDir.length + 1) ?? ''));
  });
  return { watcher, deliveries, warnings, [Symbol.asyncDispose]: () => watcher.stop() };
}

it('delivers what is there in one list, in the order of the numbers', async () => {
  await using tree = await makeDeviceTree();
  for (const name of ['video10', 'video2', 'video0']) {
    await tree.addDeadNode(name);
    await tree.describe(name);
  }
  await tree.addFile('video-notes');
  await using watched = watchTree(tree);
  await watched.watcher.start();
  expect(watched.deliveries).toEqual([['video0', 'video2', 'video10']]);
});

it('delivers a node that appears and its absence, each time the whole list', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  await tree.describe('video0');
  await tree.describe('video1');
  await using watched = watchTree(tree);
  await watched.watcher.start();
  await tree.addDeadNode('video1');
  await expect.poll(() => watched.deliveries.at(-1)).toEqual(['video0', 'video1']);
  await tree.removeNode('video0');
  await expect.poll(() => watched.deliveries.at(-1)).toEqual(['video1']);
  expect(watched.deliveries).toEqual([['video0'], ['video0', 'video1'], ['video1']]);
});

it('never delivers the same list twice in a row', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  await tree.describe('video0');
  await using watched = watchTree(tree);
  await watched.watcher.start();
  await Promise.all([watched.watcher.rescan(), watched.watcher.rescan(), tree.addFile('video7')]);
  await watched.watcher.rescan();
  expect(watched.deliveries).toEqual([['video0']]);
});

it('a rescan resolves after what appeared before it was delivered', async () => {
  await using tree = await makeDeviceTree();
  await tree.describe('video0');
  await using watched = watchTree(tree);
  await watched.watcher.start();
  await tree.addDeadNode('video0');
  await watched.watcher.rescan();
  expect(watched.deliveries.at(-1)).toEqual(['video0']);
});

it('finds by re-scan what a directory that cannot be watched does not tell', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  await tree.describe('video0');
  const elsewhere = `${tree.devDir}-elsewhere`;
  await rename(tree.devDir, elsewhere);
  await using watched = watchTree(tree, { rescanMs: 20 });
  await watched.watcher.start();
  expect(watched.deliveries).toEqual([[]]);
  expect(watched.warnings).toContain('The device directory cannot be watched; only re-scanned');
  await rename(elsewhere, tree.devDir);
  await expect.poll(() => watched.deliveries.at(-1)).toEqual(['video0']);
});

it('a device that takes long holds up nobody, and is delivered when it answers', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  await tree.describe('video0');
  // A node without a driver is asked twice with a pause, so it cannot answer in a millisecond.
  await using watched = watchTree(tree, { probeTimeoutMs: 1 });
  await watched.watcher.start();
  await expect.poll(() => watched.deliveries.at(-1)).toEqual(['video0']);
  expect(watched.deliveries).toEqual([[], ['video0']]);
});

it('delivers nothing after stop, and stops twice', async () => {
  await using tree = await makeDeviceTree();
  await tree.describe('video0');
  await using watched = watchTree(tree);
  await watched.watcher.start();
  await watched.watcher.stop();
  await watched.watcher.stop();
  await tree.addDeadNode('video0');
  await watched.watcher.rescan();
  expect(watched.deliveries).toEqual([[]]);
});

it('can be stopped during start', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  await tree.describe('video0');
  await using watched = watchTree(tree);
  const started = watched.watcher.start();
  await watched.watcher.stop();
  await started;
  expect(watched.deliveries).toEqual([]);
});

it('rejects with the reason when start is aborted', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  await tree.describe('video0');
  await using watched = watchTree(tree);
  const abort = new AbortController();
  const started = watched.watcher.start(abort.signal);
  abort.abort(new Error('shutting down'));
  await expect(started).rejects.toThrow('shutting down');
  expect(watched.deliveries).toEqual([]);
});

it('survives that the directory goes away', async () => {
  await using tree = await makeDeviceTree();
  await tree.describe('video0');
  await tree.addDeadNode('video0');
  await using watched = watchTree(tree);
  await watched.watcher.start();
  await rm(tree.devDir, { recursive: true });
  await watched.watcher.rescan();
  expect(watched.deliveries).toEqual([['video0'], []]);
});

it('a device that was pulled and is back before a look is told as gone and back', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  await tree.describe('video0');
  await using watched = watchTree(tree);
  await watched.watcher.start();
  await tree.removeNode('video0');
  await tree.addDeadNode('video0');
  await expect.poll(() => watched.deliveries.length).toBe(3);
  expect(watched.deliveries).toEqual([['video0'], [], ['video0']]);
});

it('finds that a device that is gone is back, where its node stays and nothing tells of it', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  await using watched = watchTree(tree, { rescanMs: 20 });
  await watched.watcher.start();
  await tree.describe('video0');
  await expect.poll(() => watched.deliveries.at(-1)).toEqual(['video0']);
});

it('looks again at a device with a problem, without an event and before the re-scan', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  await tree.describe('video0');
  await using watched = watchTree(tree);
  const names: string[] = [];
  watched.watcher.onChange((list) => names.push(list[0]?.name ?? ''));
  await watched.watcher.start();
  await tree.rename('video0', 'Another');
  await expect.poll(() => names, { timeout: 30_000 }).toEqual(['HD Pro Webcam C920', 'Another']);
});

it("an event of udev's directories is a reason to look, also of ones that appear later or are made anew", async () => {
  await using tree = await makeDeviceTree();
  // No event but the one meant may lead to a look: not the settling of an earlier one either.
  await using watched = watchTree(tree, { settleMs: NEVER_MS });
  for (const name of ['video0', 'video1', 'video2', 'video3']) await tree.addDeadNode(name);
  await watched.watcher.start();
  expect(watched.deliveries.at(-1)).toEqual([]);
  const v4l = join(tree.devDir, 'v4l');

  await tree.describe('video0');
  await mkdir(v4l);
  await expect.poll(() => watched.deliveries.at(-1)).toEqual(['video0']);
  await tree.describe('video1');
  await mkdir(join(v4l, 'by-id'));
  await expect.poll(() => watched.deliveries.at(-1)).toEqual(['video0', 'video1']);
  await tree.describe('video2');
  await writeFile(join(v4l, 'by-id', 'usb-camera'), '');
  await expect.poll(() => watched.deliveries.at(-1)).toEqual(['video0', 'video1', 'video2']);

  await rm(v4l, { recursive: true });
  await mkdir(v4l);
  await watched.watcher.rescan();
  await tree.describe('video3');
  await writeFile(join(v4l, 'note'), '');
  await expect.poll(() => watched.deliveries.at(-1)).toEqual(['video0', 'video1', 'video2', 'video3']);
  expect(watched.warnings).toEqual([]);
});

it('looks at no node that the rules leave out, by number, by node or by what the kernel says', async () => {
  await using tree = await makeDeviceTree();
  for (const name of ['video0', 'video1', 'video2', 'video12']) {
    await tree.addDeadNode(name);
    await tree.describe(name);
  }
  await tree.rename('video2', 'Infrared camera');
  await using watched = watchTree(tree, {
    nodes: { from: 0, to: 9 },
    ignore: ['*/video1', 'infrared*'],
  });
  await watched.watcher.start();
  expect(watched.deliveries).toEqual([['video0']]);
});

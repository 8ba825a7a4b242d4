import { chmod, rm } from 'node:fs/promises';
import { expect, it } from 'vitest';

import { readNodeLife } from '../../../src/devices/v4l2/node-life.ts';
import { makeDeviceTree } from './device-tree.ts';

it('a node that is not there has no life', async () => {
  await using tree = await makeDeviceTree();
  expect(await readNodeLife(tree.nodePath('video0'), tree.sysDir)).toBeUndefined();
});

it('a node that nothing happens to stays the same', async () => {
  await using tree = await makeDeviceTree();
  await tree.addFile('video0');
  await tree.describe('video0');
  const read = () => readNodeLife(tree.nodePath('video0'), tree.sysDir);
  expect(await read()).toEqual(await read());
});

it('other rights make no other device', async () => {
  await using tree = await makeDeviceTree();
  await tree.addFile('video0');
  const read = () => readNodeLife(tree.nodePath('video0'), tree.sysDir);
  const before = await read();
  await chmod(tree.nodePath('video0'), 0o600);
  const after = await read();
  expect(after?.device).toBe(before?.device);
  expect(after?.access).not.toBe(before?.access);
});

it('a node that was made anew is another device', async () => {
  await using tree = await makeDeviceTree();
  await tree.addFile('video0');
  const before = await readNodeLife(tree.nodePath('video0'), tree.sysDir);
  await rm(tree.nodePath('video0'));
  await tree.addFile('video0');
  expect((await readNodeLife(tree.nodePath('video0'), tree.sysDir))?.device).not.toBe(before?.device);
});

it("a static node is another device when the kernel's entry was made anew", async () => {
  await using tree = await makeDeviceTree();
  await tree.addFile('video0');
  const before = await readNodeLife(tree.nodePath('video0'), tree.sysDir);
  await tree.describe('video0');
  expect((await readNodeLife(tree.nodePath('video0'), tree.sysDir))?.device).not.toBe(before?.device);
});

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { TempDir } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { DataDir, findOwner } from '../../src/lifecycle/data-dir.ts';

test('who holds a data directory is told, and where it answers once it does', async () => {
  await using dir = await TempDir.create();
  expect(findOwner(dir.path)).toBeUndefined();
  const held = DataDir.acquire(dir.path);
  expect(findOwner(dir.path)).toEqual({ pid: process.pid });
  held.tellAddress('http://127.0.0.1:8002/');
  expect(findOwner(dir.path)).toEqual({ pid: process.pid, http_url: 'http://127.0.0.1:8002/' });
  expect(() => DataDir.acquire(dir.path)).toThrow(`(process ${process.pid})`);
  held.release();
  expect(findOwner(dir.path)).toBeUndefined();
});

test('what a killed owner has left is nobody', async () => {
  await using dir = await TempDir.create();
  DataDir.acquire(dir.path).release();
  writeFileSync(dir.join('run/owner.json'), JSON.stringify({ pid: 1, http_url: 'http://127.0.0.1:1/' }));
  expect(findOwner(dir.path)).toBeUndefined();
});

test('an owner whose file can not be read is somebody all the same', async () => {
  await using dir = await TempDir.create();
  const held = DataDir.acquire(dir.path);
  writeFileSync(dir.join('run/owner.json'), '{"pid":');
  expect(findOwner(dir.path)).toEqual({});
  held.release();
});

test('looking makes nothing in a directory that is no data directory', async () => {
  await using dir = await TempDir.create();
  mkdirSync(dir.join('run'));
  expect(findOwner(dir.path)).toBeUndefined();
  expect(readdirSync(dir.join('run'))).toEqual([]);
});

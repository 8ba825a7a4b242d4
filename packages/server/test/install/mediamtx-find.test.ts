import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findMediaMtx, isSupportedMediaMtx } from '../../src/install/mediamtx.mjs';
import { CACHED_MEDIAMTX, createSandbox, mediaMtxOf } from './programs.ts';

test.each([
  ['1.15.1', false],
  ['1.15.2', true],
  ['1.16.0', true],
  ['1.20.1', true],
  ['1.20.99', true],
  ['1.20.1-rc1', true],
  ['1.21.0', false],
  ['1.9.3', false],
  ['2.0.0', false],
  ['0.23.8', false],
])('version %s is supported: %s', (version, isSupported) => {
  expect(isSupportedMediaMtx(version)).toBe(isSupported);
});

test('the configured one goes before PATH, and PATH before the cache', async () => {
  await using sandbox = await createSandbox();
  const env = sandbox.env();
  expect(await findMediaMtx({ env })).toBeUndefined();

  const cached = await sandbox.program(CACHED_MEDIAMTX, mediaMtxOf('1.20.1'));
  expect(await findMediaMtx({ env })).toEqual({ path: cached, version: '1.20.1', origin: 'cache' });

  const onPath = await sandbox.program('second/mediamtx', mediaMtxOf('1.16.0'));
  expect(await findMediaMtx({ env })).toEqual({ path: onPath, version: '1.16.0', origin: 'path' });

  const configured = await sandbox.program('elsewhere/mtx', mediaMtxOf('1.17.0'));
  expect(await findMediaMtx({ env, configured })).toEqual({
    path: configured,
    version: '1.17.0',
    origin: 'config',
  });
});

test('a configured name without a slash is looked up on PATH', async () => {
  await using sandbox = await createSandbox();
  const path = await sandbox.program('first/mtx', mediaMtxOf('1.18.2'));
  const env = sandbox.env();
  expect(await findMediaMtx({ env, configured: 'mtx' })).toEqual({
    path,
    version: '1.18.2',
    origin: 'config',
  });
  await expect(findMediaMtx({ env, configured: 'gone' })).rejects.toThrow(
    'mediamtx.binary: there is no gone',
  );
});

test('a configured one that is missing, broken or of another version is an error that names it', async () => {
  await using sandbox = await createSandbox();
  const env = sandbox.env();
  await sandbox.program('first/mediamtx', mediaMtxOf('1.20.1'));
  const missing = join(sandbox.directory, 'gone');
  await expect(findMediaMtx({ env, configured: missing })).rejects.toThrow(
    `mediamtx.binary: ${missing} does not`,
  );
  const broken = await sandbox.program('broken', 'echo no such library >&2; exit 127');
  await expect(findMediaMtx({ env, configured: broken })).rejects.toThrow(/broken: .*no such library/);
  const old = await sandbox.program('old', mediaMtxOf('1.9.0'));
  await expect(findMediaMtx({ env, configured: old })).rejects.toThrow(
    /old: its version 1\.9\.0 is not supported/,
  );
});

test('an unsupported one on PATH is passed over with the reason, and the next one is taken', async () => {
  await using sandbox = await createSandbox();
  const old = await sandbox.program('first/mediamtx', mediaMtxOf('1.9.0'));
  const good = await sandbox.program('second/mediamtx', mediaMtxOf('1.20.1'));
  const notes: string[] = [];
  const found = await findMediaMtx({ env: sandbox.env(), note: (text) => notes.push(text) });
  expect(found?.path).toBe(good);
  expect(notes).toEqual([
    `${old} is passed over: its version 1.9.0 is not supported, which is 1.15.2 to 1.20.x`,
  ]);
});

test.each([
  ['cut off to nothing', ''],
  ['overwritten with something else', 'not a program at all'],
])('a cached one that was %s counts as missing', async (_, content) => {
  await using sandbox = await createSandbox();
  const cached = await sandbox.program(CACHED_MEDIAMTX, mediaMtxOf('1.20.1'));
  await writeFile(cached, content);
  const notes: string[] = [];
  expect(await findMediaMtx({ env: sandbox.env(), note: (text) => notes.push(text) })).toBeUndefined();
  expect(notes.join()).toContain('it does not run as MediaMTX');
});

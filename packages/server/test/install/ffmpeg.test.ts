import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type FfmpegProgram,
  chooseFfmpeg,
  findFfmpegs,
  installFfmpeg,
  isSupportedFfmpeg,
} from '../../src/install/ffmpeg.mjs';
import { CACHED_FFMPEG, createSandbox, ffmpegOf } from './programs.ts';

test.each([
  ['4.4', false],
  ['5.0.3', false],
  ['5.1', true],
  ['5.1.9-0+deb12u1', true],
  ['7.1', true],
  ['9.0.2-17-g2a571b6068-20260930', true],
  ['10.0', false],
  ['N-118000-gabcdef', false],
])('version %s is supported: %s', (version, isSupported) => {
  expect(isSupportedFfmpeg(version)).toBe(isSupported);
});

test('those on PATH and the cached one are listed, unsupported ones are passed over with the reason', async () => {
  await using sandbox = await createSandbox();
  const old = await sandbox.program('first/ffmpeg', ffmpegOf('4.2.7'));
  const onPath = await sandbox.program('second/ffmpeg', ffmpegOf('5.1.9-0+deb12u1'));
  const cached = await sandbox.program(CACHED_FFMPEG, ffmpegOf('n9.0.2-17-g2a571b6068'));
  const notes: string[] = [];
  const found = await findFfmpegs({ env: sandbox.env(), note: (text) => notes.push(text) });
  expect(found.map(({ path, version, origin }) => ({ path, version, origin }))).toEqual([
    { path: onPath, version: '5.1.9-0+deb12u1', origin: 'path' },
    { path: cached, version: '9.0.2-17-g2a571b6068', origin: 'cache' },
  ]);
  expect(notes).toEqual([`${old} is passed over: its version 4.2.7 is not supported, which is 5.1 to 9`]);
});

test('starts are measured once, and again when the file has changed', async () => {
  await using sandbox = await createSandbox();
  const log = join(sandbox.directory, 'starts');
  const body = `echo >>${log}; ${ffmpegOf('7.1')}`;
  await sandbox.program('first/ffmpeg', body);
  const countStarts = async () => (await readFile(log, 'utf8')).length;
  const first = await findFfmpegs({ env: sandbox.env() });
  expect(first[0]?.startMs).toBeGreaterThan(0);
  const measured = await countStarts();
  expect(await findFfmpegs({ env: sandbox.env() })).toEqual(first);
  expect(await countStarts()).toBe(measured);

  await sandbox.program('first/ffmpeg', `${body} # another build`);
  await findFfmpegs({ env: sandbox.env() });
  expect(await countStarts()).toBe(2 * measured);
});

test('a damaged memory of the starts is measured anew', async () => {
  await using sandbox = await createSandbox();
  const cached = await sandbox.program(CACHED_FFMPEG, ffmpegOf('7.1'));
  await writeFile(join(dirname(cached), 'start-times.json'), '{"cut');
  expect(await findFfmpegs({ env: sandbox.env() })).toHaveLength(1);
});

test('configured ones come first, with the jobs they are for; one that cannot be used is an error', async () => {
  await using sandbox = await createSandbox();
  await sandbox.program('first/ffmpeg', ffmpegOf('7.1'));
  const mine = await sandbox.program('mine', ffmpegOf('6.0'));
  const env = sandbox.env();
  const found = await findFfmpegs({ env, configured: { capture: mine, short: mine } });
  expect(found[0]).toMatchObject({ path: mine, origin: 'config', configuredFor: ['capture', 'short'] });
  expect(found).toHaveLength(2);
  await expect(findFfmpegs({ env, configured: { short: '/gone/ffmpeg' } })).rejects.toThrow(
    'snapshots.ffmpeg: /gone/ffmpeg does not exist',
  );
  const broken = await sandbox.program('broken', 'exit 3');
  await expect(findFfmpegs({ env, configured: { capture: broken } })).rejects.toThrow(
    /capture\.ffmpeg: .*exit code 3/,
  );
});

const system: FfmpegProgram = { path: '/usr/bin/ffmpeg', version: '5.1.9', origin: 'path', startMs: 120 };
const cached: FfmpegProgram = { path: '/cache/ffmpeg', version: '9.0.2', origin: 'cache', startMs: 9 };

test('capture takes the one on PATH, short runs whichever starts fastest', () => {
  expect(chooseFfmpeg([system, cached])).toEqual({ capture: system, short: cached });
  expect(chooseFfmpeg([{ ...system, startMs: 5 }, cached])?.short.path).toBe(system.path);
  expect(chooseFfmpeg([cached])).toEqual({ capture: cached, short: cached });
  expect(chooseFfmpeg([])).toBeUndefined();
});

test('a configured one does its job however slow it is, and only that', () => {
  const slow: FfmpegProgram = { path: '/slow', version: '6.0', origin: 'config', startMs: 900 };
  expect(chooseFfmpeg([{ ...slow, configuredFor: ['capture'] }, system, cached])).toMatchObject({
    capture: { path: '/slow' },
    short: cached,
  });
  expect(chooseFfmpeg([{ ...slow, configuredFor: ['short'] }, system, cached])).toMatchObject({
    capture: system,
    short: { path: '/slow' },
  });
});

test('without Python and without apt-get the message names the command', async () => {
  await using sandbox = await createSandbox();
  await expect(installFfmpeg({ env: sandbox.env() })).rejects.toThrow(
    /ffmpeg is missing: there is no python3.*apt-get install -y --no-install-recommends ffmpeg/s,
  );
});

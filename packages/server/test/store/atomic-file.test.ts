import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { TempDir } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { publishFile, writeNewFile } from '../../src/store/atomic-file.ts';

test('the file is there whole, and nothing else', async () => {
  await using dir = await TempDir.create();
  await writeNewFile(dir.join('a.jpg'), dir.join('.part-a'), Buffer.from('picture'));
  expect(await readdir(dir.path)).toEqual(['a.jpg']);
  expect(await readFile(dir.join('a.jpg'), 'utf8')).toBe('picture');
});

test('a file that exists is never replaced, and the attempt leaves nothing', async () => {
  await using dir = await TempDir.create();
  await writeFile(dir.join('a.jpg'), 'first');
  await expect(
    writeNewFile(dir.join('a.jpg'), dir.join('.part-a'), Buffer.from('second')),
  ).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readdir(dir.path)).toEqual(['a.jpg']);
  expect(await readFile(dir.join('a.jpg'), 'utf8')).toBe('first');
});

test('of many for one name one gets it, whole', async () => {
  await using dir = await TempDir.create();
  const contents = Array.from({ length: 10 }, (_, at) => String(at).repeat(100_000));
  const writes = contents.map((text, at) =>
    writeNewFile(dir.join('a'), dir.join(`.part-${at}`), Buffer.from(text)),
  );
  const results = await Promise.allSettled(writes);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await readdir(dir.path)).toEqual(['a']);
  expect(contents).toContain(await readFile(dir.join('a'), 'utf8'));
});

test('what can not be written to its place leaves nothing', async () => {
  await using dir = await TempDir.create();
  await mkdir(dir.join('there'));
  await expect(
    writeNewFile(dir.join('gone', 'a'), dir.join('there', '.part-a'), Buffer.from('x')),
  ).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readdir(dir.join('there'))).toEqual([]);
});

test('publishing gives a second name, and the first stays', async () => {
  await using dir = await TempDir.create();
  await writeFile(dir.join('segment'), 'frames');
  await publishFile(dir.join('segment'), dir.join('movie.mp4'));
  expect((await readdir(dir.path)).sort()).toEqual(['movie.mp4', 'segment']);
});

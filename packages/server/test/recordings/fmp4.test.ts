import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { ffmpegBinary, TempDir } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFmp4, readIsFinalised } from '../../src/recordings/fmp4.ts';

const frames = 60;
const fps = 30;
let dir: TempDir;
let whole: Buffer;

beforeAll(async () => {
  dir = await TempDir.create();
  whole = await makeMovie('whole.mp4', ['-movflags', 'frag_keyframe+empty_moov+default_base_moof']);
});
afterAll(async () => dir?.[Symbol.asyncDispose]());

/** A real film of two seconds with a keyframe every ten frames, as ffmpeg writes it. */
async function makeMovie(name: string, flags: string[], sound: string[] = []): Promise<Buffer> {
  const picture = ['-f', 'lavfi', '-i', `testsrc=size=160x120:rate=${fps}`];
  const code = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    '10',
    '-keyint_min',
    '10',
    '-frames:v',
    String(frames),
  ];
  const args = [
    '-v',
    'error',
    '-y',
    ...sound,
    ...picture,
    ...code,
    ...(sound.length > 0 ? ['-c:a', 'aac', '-shortest'] : []),
    ...flags,
    dir.join(name),
  ];
  const { status, stderr } = spawnSync(ffmpegBinary(), args);
  expect(status, stderr.toString()).toBe(0);
  return readFile(dir.join(name));
}

async function read(data: Uint8Array) {
  await writeFile(dir.join('part.mp4'), data);
  return readFmp4(dir.join('part.mp4'));
}

/** Where the boxes of a type begin. */
function boxes(data: Buffer, type: string): { at: number; end: number }[] {
  const found = [];
  for (let at = 0; at < data.length; at += data.readUInt32BE(at)) {
    if (data.toString('latin1', at + 4, at + 8) === type) found.push({ at, end: at + data.readUInt32BE(at) });
  }
  return found;
}

test('a whole film is read: its fragments, and its length to the frame', async () => {
  const summary = await read(whole);
  expect(summary).toMatchObject({ size: whole.length, fragments: frames / 10 });
  expect(summary!.durationMs).toBeCloseTo((frames / fps) * 1000, 0);
  expect(summary!.completeSize).toBe(boxes(whole, 'mdat').at(-1)!.end);
});

test('one with sound tells the length of its picture, to the frame', async () => {
  const sound = ['-f', 'lavfi', '-t', '2', '-i', 'sine=frequency=440'];
  const summary = await read(
    await makeMovie('sound.mp4', ['-movflags', 'frag_keyframe+empty_moov+default_base_moof'], sound),
  );
  // ffmpeg gives the first frame the sound's run-up too.
  expect(summary!.durationMs).toBeGreaterThan((frames / fps) * 1000 - 1);
  expect(summary!.durationMs).toBeLessThan(((frames + 1) / fps) * 1000);
});

describe('a film that was cut off', () => {
  test('anywhere holds the fragments that are complete, and says where they end', async () => {
    const ends = boxes(whole, 'mdat').map(({ end }) => end);
    // Every edge of a box with its neighbours, and some places inside.
    const edges = [...boxes(whole, 'moof'), ...boxes(whole, 'mdat')].flatMap(({ at, end }) => [
      at,
      at + 1,
      at + 7,
      at + 8,
      at + 20,
      end - 1,
      end,
    ]);
    for (const size of new Set(edges)) {
      const complete = ends.filter((end) => end <= size);
      const summary = await read(whole.subarray(0, size));
      if (complete.length === 0) expect(summary, String(size)).toBeUndefined();
      else {
        expect(summary, String(size)).toMatchObject({
          size,
          completeSize: complete.at(-1),
          fragments: complete.length,
          isFinalised: false,
        });
        expect(summary!.durationMs).toBeCloseTo((complete.length * 10 * 1000) / fps, 0);
      }
    }
  });

  test.each([0, 1, 7, 8, 30])('after %i bytes holds nothing', async (size) => {
    expect(await read(whole.subarray(0, size))).toBeUndefined();
    expect(await readIsFinalised(dir.join('part.mp4'))).toBe(false);
  });

  test('and goes on in zeros, as a crash of the machine leaves it, counts up to them', async () => {
    const { end } = boxes(whole, 'mdat')[2]!;
    const summary = await read(Buffer.concat([whole.subarray(0, end), Buffer.alloc(5_000)]));
    expect(summary).toMatchObject({ completeSize: end, fragments: 3, isFinalised: false });
  });
});

test('what is no film is none', async () => {
  expect(
    await read(Buffer.from('this is a text and no film at all, though it is long enough')),
  ).toBeUndefined();
  expect(await read(Buffer.alloc(10_000, 0xff))).toBeUndefined();
});

test('a film with its length in the header is finalised, one that is being written is not', async () => {
  await writeFile(dir.join('part.mp4'), whole);
  expect(await readIsFinalised(dir.join('part.mp4'))).toBe(false);
  const [moov] = boxes(whole, 'moov');
  const closed = Buffer.from(whole);
  // MediaMTX writes the duration into mvhd (version 0: after version, times and timescale) when it closes a file.
  closed.writeUInt32BE(2_000, closed.indexOf('mvhd', moov!.at) + 4 + 16);
  await writeFile(dir.join('part.mp4'), closed.subarray(0, boxes(closed, 'mdat').at(-1)!.end));
  expect(await readIsFinalised(dir.join('part.mp4'))).toBe(true);
  expect(await readFmp4(dir.join('part.mp4'))).toMatchObject({ isFinalised: true });
});

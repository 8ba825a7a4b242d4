import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { ffmpegBinary, TempDir } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readVideoHeader } from '../../src/recordings/video-header.ts';

let dir: TempDir;
beforeAll(async () => {
  dir = await TempDir.create();
});
afterAll(async () => dir?.[Symbol.asyncDispose]());

// A height that H.264 has to crop, and sound in front of the picture.
const pictures = ['-f', 'lavfi', '-i', 'sine', '-f', 'lavfi', '-i', 'testsrc=size=170x98:rate=30'];

function make(name: string, flags: string[]): string {
  const coding = [
    '-map',
    '0',
    '-map',
    '1',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-c:a',
    'aac',
    '-t',
    '1',
  ];
  const args = ['-v', 'error', '-y', ...pictures, ...coding, ...flags, dir.join(name)];
  const { status, stderr } = spawnSync(ffmpegBinary(), args);
  expect(status, stderr.toString()).toBe(0);
  return dir.join(name);
}

const expected = { width: 170, height: 98, codec: 'h264' };

test.each([
  ['mp4', 'end.mp4', []],
  ['mp4', 'start.mp4', ['-movflags', '+faststart']],
  ['fmp4', 'parts.mp4', ['-movflags', 'frag_keyframe+empty_moov+default_base_moof']],
  ['mkv', 'a.mkv', ['-f', 'matroska']],
  ['mkv', 'live.mkv', ['-f', 'matroska', '-live', '1']],
] as const)('%s: %s', async (format, name, flags) => {
  expect(await readVideoHeader(make(name, [...flags]), format)).toEqual(expected);
});

test.each(['mp4', 'mkv'] as const)('a %s file that is cut off anywhere does no harm', async (format) => {
  const path = make(`whole.${format}`, format === 'mp4' ? ['-movflags', '+faststart'] : ['-f', 'matroska']);
  const whole = readFileSync(path);
  const cut = dir.join('cut');
  const answers = new Set<string>();
  for (let length = 0; length < Math.min(whole.length, 2_500); length += 7) {
    writeFileSync(cut, whole.subarray(0, length));
    answers.add(JSON.stringify(await readVideoHeader(cut, format)));
  }
  expect(
    [...answers].filter((answer) => answer !== undefined && answer !== JSON.stringify(expected)),
  ).toEqual([]);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['zeros', Buffer.alloc(100_000)],
  ['text', Buffer.from('a letter to the editor\n'.repeat(5_000))],
  [
    'boxes without end',
    Buffer.from('00000008'.repeat(50_000).replaceAll('00000008', '0000000866726565'), 'hex'),
  ],
])('a file of %s tells nothing', async (_what, content) => {
  const path = dir.join('odd');
  writeFileSync(path, content);
  expect(await readVideoHeader(path, 'mp4')).toBeUndefined();
  expect(await readVideoHeader(path, 'mkv')).toBeUndefined();
});

test('sound alone has no picture', async () => {
  const path = dir.join('sound.mp4');
  spawnSync(ffmpegBinary(), [
    '-v',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    'sine',
    '-t',
    '1',
    '-c:a',
    'aac',
    path,
  ]);
  expect(await readVideoHeader(path, 'mp4')).toBeUndefined();
});

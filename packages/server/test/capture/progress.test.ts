import { expect, test } from 'vitest';
import { type Progress, ProgressReader } from '../../src/capture/progress.ts';

test('each report is given once, at its end', () => {
  const seen: Progress[] = [];
  const reader = new ProgressReader((progress) => seen.push(progress));
  const lines =
    'frame=15\nfps=29.97\nbitrate=N/A\nprogress=continue\nframe=  30\nfps= 30\nprogress=end\nprogress=end\nnoise';
  for (const line of lines.split('\n')) reader.takeLine(line);
  expect(seen).toEqual([
    { frames: 15, fps: 29.97 },
    { frames: 30, fps: 30 },
  ]);
});

test('frames that ffmpeg repeated for a slow camera are no frames of the camera', () => {
  const seen: Progress[] = [];
  const reader = new ProgressReader((progress) => seen.push(progress));
  for (const line of ['frame=88', 'fps=10', 'dup_frames=48', 'drop_frames=0', 'progress=continue'])
    reader.takeLine(line);
  expect(seen).toEqual([{ frames: 40, fps: 10 }]);
});

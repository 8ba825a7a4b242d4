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

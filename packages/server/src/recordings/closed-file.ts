import { stat } from 'node:fs/promises';
import { run } from '../process/run.ts';
import type { RecordingRow } from '../store/recordings.ts';
import { readFmp4 } from './fmp4.ts';
import { isMarked } from './protection-mark.ts';

/** What the catalog says of a closed file whose row was lost, as far as the file itself tells it. */
export async function describeClosedFile(
  path: string,
  known: Pick<RecordingRow, 'filename' | 'device' | 'session_id' | 'format'>,
  ffmpeg: () => string,
): Promise<RecordingRow> {
  const { size, birthtimeMs, mtimeMs } = await stat(path);
  const durationMs = await readDurationMs(path, ffmpeg);
  return {
    ...known,
    size,
    duration_ms: Math.round(durationMs),
    start_at: Math.round(mtimeMs - durationMs),
    end_at: Math.round(mtimeMs),
    created_at: Math.round(birthtimeMs || mtimeMs),
    protected: isMarked(path) ? 1 : 0,
    segments: null,
  };
}

/** 0 where it can't be told. */
async function readDurationMs(path: string, ffmpeg: () => string): Promise<number> {
  const summary = await readFmp4(path).catch(() => undefined);
  if (summary) return summary.durationMs;
  let command: string;
  try {
    command = ffmpeg();
  } catch {
    // Without ffmpeg the file is taken in all the same.
    return 0;
  }
  // It ends with an error, since no output is asked for, but has told what it read.
  const { exit } = await run({ command, args: ['-nostdin', '-hide_banner', '-i', path], timeoutMs: 10_000 });
  const match = exit.stderrTail
    .map((line) => /Duration: (\d+):(\d+):(\d+\.\d+)/.exec(line))
    .find((found) => found !== null);
  if (!match) return 0;
  const [hours, minutes, seconds] = match.slice(1).map(Number) as [number, number, number];
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

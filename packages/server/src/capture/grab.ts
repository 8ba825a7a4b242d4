import { run } from '../process/run.ts';
import { type Still, readPictureSize, toQscale } from '../stills/index.ts';
import { CaptureError } from './capture-error.ts';
import { buildGrabArgs } from './command.ts';
import { describeExit } from './exit-reason.ts';
import type { CaptureSource } from './source.ts';

export interface GrabOptions {
  format: 'jpg' | 'png';
  /** 1 to 100, for JPEG. */
  quality: number;
  timeoutMs: number;
  signal?: AbortSignal;
}

/** One picture straight from a camera that nobody else captures. Rejects with CaptureError `no_ffmpeg`, `no_frame` or `stopped`. */
export async function grabFrame(ffmpeg: string, source: CaptureSource, options: GrabOptions): Promise<Still> {
  const { format, quality, timeoutMs, signal } = options;
  const { stdout, exit } = await run({
    command: ffmpeg,
    args: buildGrabArgs({ source, format, qscale: toQscale(quality) }),
    timeoutMs,
    ...(signal && { signal }),
  });
  const size = readPictureSize(stdout);
  if (exit.reason === 'exited' && size !== null) return { data: stdout, ...size };
  const { detail } = describeExit(exit, { stallMs: timeoutMs, startTimeoutMs: timeoutMs, frames: 0 });
  if (exit.reason === 'stopped')
    throw new CaptureError('stopped', 'the request was ended before a picture came');
  throw new CaptureError(exit.reason === 'spawn_failed' ? 'no_ffmpeg' : 'no_frame', detail);
}

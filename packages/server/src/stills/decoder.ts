import type { ChildExit } from '../process/child-process.ts';
import { run } from '../process/run.ts';

export interface DecoderOptions {
  /** Path of the ffmpeg to run; a static build starts fastest. */
  ffmpeg: string;
  timeoutMs: number;
  signal?: AbortSignal;
}

export type StillErrorCode = 'no_ffmpeg' | 'timed_out' | 'aborted' | 'undecodable';

export class StillError extends Error {
  readonly code: StillErrorCode;

  constructor(code: StillErrorCode, message: string) {
    super(message);
    this.name = 'StillError';
    this.code = code;
  }
}

/** Frames from a keyframe on, as a tap's GOP has them. */
export interface CodedFrames {
  data: Uint8Array;
  frames: number;
}

/** Up to the output's own arguments; `filter` gets every frame, at no given pace. */
export function buildDecodeArgs(filter: string): string[] {
  const input = ['-threads', '1', '-probesize', '32', '-f', 'h264', '-i', 'pipe:0'];
  const pictures = ['-fps_mode', 'passthrough', '-vf', filter, '-threads', '1'];
  return ['-hide_banner', '-loglevel', 'error', ...input, ...pictures];
}

/**
 * One short ffmpeg run over a GOP; gives what it printed. Rejects with StillError.
 * A failure of ffmpeg itself is `undecodable`.
 */
export async function runDecoder(gop: CodedFrames, args: string[], options: DecoderOptions): Promise<Buffer> {
  const { ffmpeg, timeoutMs, signal } = options;
  const { stdout, exit } = await run({
    command: ffmpeg,
    args,
    input: gop.data,
    timeoutMs,
    ...(signal && { signal }),
  });
  if (exit.reason === 'exited') return stdout;
  throw toError(exit, options);
}

function toError(exit: ChildExit, { ffmpeg, timeoutMs }: DecoderOptions): StillError {
  switch (exit.reason) {
    case 'spawn_failed':
      return new StillError('no_ffmpeg', `ffmpeg could not be started: ${ffmpeg}`);
    case 'timed_out':
      return new StillError('timed_out', `ffmpeg did not decode the picture within ${timeoutMs} ms`);
    case 'stopped':
      return new StillError('aborted', 'the request was ended before the picture was decoded');
    default:
      return new StillError(
        'undecodable',
        `ffmpeg failed: ${exit.stderrTail.at(-1) ?? `exit code ${exit.code}`}`,
      );
  }
}

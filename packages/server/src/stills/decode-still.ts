import type { ChildExit } from '../process/child-process.ts';
import { run } from '../process/run.ts';
import { readPictureSize } from './picture-size.ts';
import { toQscale } from './quality.ts';

export interface StillOptions {
  /** Path of the ffmpeg to run; a static build starts fastest. */
  ffmpeg: string;
  format: 'jpg' | 'png';
  /** 1 to 100, for JPEG: mapped linearly to ffmpeg's 31 to 2. A PNG has no loss. */
  quality: number;
  /** Scales to this width, keeping the shape; default the stream's own. */
  width?: number;
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface Still {
  data: Buffer;
  width: number;
  height: number;
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

/** Decodes the newest frame of a GOP in one short ffmpeg run; only that frame is encoded. Rejects with StillError. */
export async function decodeStill(gop: CodedFrames, options: StillOptions): Promise<Still> {
  const newest = await runDecoder(gop, gop.frames - 1, options);
  if (newest.length > 0) return toStill(newest);
  // Damaged frames can make the decoder give fewer pictures than there were frames: take the last that it gives.
  const all = await runDecoder(gop, 0, options);
  const signature = options.format === 'jpg' ? JPEG_START : PNG_START;
  const start = all.lastIndexOf(signature);
  if (start === -1)
    throw new StillError('undecodable', 'ffmpeg found no picture in the frames of the stream');
  return toStill(all.subarray(start));
}

const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);
const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

async function runDecoder(gop: CodedFrames, firstFrame: number, options: StillOptions): Promise<Buffer> {
  const { ffmpeg, timeoutMs, signal } = options;
  const { stdout, exit } = await run({
    command: ffmpeg,
    args: buildStillArgs(firstFrame, options),
    input: gop.data,
    timeoutMs,
    ...(signal && { signal }),
  });
  if (exit.reason === 'exited') return stdout;
  // Newer ffmpegs fail where no picture came out; that is for the caller to judge.
  if (exit.reason === 'crashed' && firstFrame > 0) return Buffer.alloc(0);
  throw toError(exit, options);
}

/** The arguments that turn an H.264 stream on stdin into its pictures from `firstFrame` on, on stdout. */
export function buildStillArgs(
  firstFrame: number,
  { format, quality, width }: Pick<StillOptions, 'format' | 'quality' | 'width'>,
): string[] {
  const scale = width === undefined ? '' : `,scale=${width}:-2`;
  const picture = format === 'jpg' ? ['-q:v', String(toQscale(quality)), '-c:v', 'mjpeg'] : ['-c:v', 'png'];
  const input = ['-threads', '1', '-probesize', '32', '-f', 'h264', '-i', 'pipe:0'];
  const select = [
    '-fps_mode',
    'passthrough',
    '-vf',
    `select=gte(n\\,${firstFrame})${scale}`,
    '-threads',
    '1',
  ];
  return [
    '-hide_banner',
    '-loglevel',
    'error',
    ...input,
    ...select,
    ...picture,
    '-f',
    'image2pipe',
    'pipe:1',
  ];
}

function toStill(data: Buffer): Still {
  const size = readPictureSize(data);
  if (size === null) throw new StillError('undecodable', 'ffmpeg gave no whole picture');
  return { data, ...size };
}

function toError(exit: ChildExit, { ffmpeg, timeoutMs }: StillOptions): StillError {
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

import { type CodedFrames, type DecoderOptions, StillError, buildDecodeArgs, runDecoder } from './decoder.ts';
import { readPictureSize } from './picture-size.ts';
import { toQscale } from './quality.ts';

export { type CodedFrames, StillError, type StillErrorCode } from './decoder.ts';

export interface StillOptions extends DecoderOptions {
  format: 'jpg' | 'png';
  /** 1 to 100, for JPEG: mapped linearly to ffmpeg's 31 to 2. A PNG has no loss. */
  quality: number;
  /** Scales down to this width, keeping the shape; default, and at most, the stream's own. */
  width?: number;
}

export interface Still {
  data: Buffer;
  width: number;
  height: number;
}

/** Decodes the newest frame of a GOP in one short ffmpeg run; only that frame is encoded. Rejects with StillError. */
export async function decodeStill(gop: CodedFrames, options: StillOptions): Promise<Still> {
  const newest = await decodeFrom(gop, gop.frames - 1, options);
  if (newest.length > 0) return toStill(newest);
  // Damaged frames can make the decoder give fewer pictures than there were frames: take the last that it gives.
  const all = await decodeFrom(gop, 0, options);
  const signature = options.format === 'jpg' ? JPEG_START : PNG_START;
  const start = all.lastIndexOf(signature);
  if (start === -1)
    throw new StillError('undecodable', 'ffmpeg found no picture in the frames of the stream');
  return toStill(all.subarray(start));
}

const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);
const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

async function decodeFrom(gop: CodedFrames, firstFrame: number, options: StillOptions): Promise<Buffer> {
  try {
    return await runDecoder(gop, buildStillArgs(firstFrame, options), options);
  } catch (error) {
    // Newer ffmpegs fail where no picture came out; that is for the caller to judge.
    const isEmpty = error instanceof StillError && error.code === 'undecodable' && firstFrame > 0;
    if (isEmpty) return Buffer.alloc(0);
    throw error;
  }
}

/** The arguments that turn an H.264 stream on stdin into its pictures from `firstFrame` on, on stdout. */
export function buildStillArgs(
  firstFrame: number,
  { format, quality, width }: Pick<StillOptions, 'format' | 'quality' | 'width'>,
): string[] {
  const scale = width === undefined ? '' : `,scale=min(iw\\,${width}):-2`;
  const picture = format === 'jpg' ? ['-q:v', String(toQscale(quality)), '-c:v', 'mjpeg'] : ['-c:v', 'png'];
  const decode = buildDecodeArgs(`select=gte(n\\,${firstFrame})${scale}`);
  return [...decode, ...picture, '-f', 'image2pipe', 'pipe:1'];
}

function toStill(data: Buffer): Still {
  const size = readPictureSize(data);
  if (size === null) throw new StillError('undecodable', 'ffmpeg gave no whole picture');
  return { data, ...size };
}

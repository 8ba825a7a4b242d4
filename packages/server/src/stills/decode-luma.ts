import { type CodedFrames, type DecoderOptions, StillError, buildDecodeArgs, runDecoder } from './decoder.ts';

export const LUMA_WIDTH = 640;
export const LUMA_HEIGHT = 360;

/** LUMA_WIDTH x LUMA_HEIGHT bytes, whatever the size and shape of the stream; black is 16 in most streams, or 0. */
export type Luma = Uint8Array;

/** The keyframe costs one frame's decoding, the newest frame that of the whole GOP. */
export type LumaFrame = 'keyframe' | 'newest';

/**
 * The brightness of one frame of a GOP. It is sampled, not averaged: averaging would remove the noise, by which a
 * still room differs from a frozen picture. Rejects with StillError.
 */
export async function decodeLuma(gop: CodedFrames, frame: LumaFrame, options: DecoderOptions): Promise<Luma> {
  const first = frame === 'keyframe' ? 0 : gop.frames - 1;
  const luma = await runDecoder(gop, buildLumaArgs(first), options);
  if (luma.length !== LUMA_WIDTH * LUMA_HEIGHT)
    throw new StillError('undecodable', 'ffmpeg gave no whole picture');
  return luma;
}

function buildLumaArgs(firstFrame: number): string[] {
  // The plane as it is: a conversion of colours would stretch it, and let noise vanish in rounding.
  const plane = `extractplanes=y,scale=${LUMA_WIDTH}:${LUMA_HEIGHT}:flags=neighbor,format=gray`;
  const decode = buildDecodeArgs(`select=gte(n\\,${firstFrame}),${plane}`);
  return [...decode, '-frames:v', '1', '-c:v', 'rawvideo', '-f', 'rawvideo', 'pipe:1'];
}

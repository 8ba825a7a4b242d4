import type { Encoder } from './encoder.ts';
import { type CaptureSource, type TestSource, type V4l2Source, isNativeH264 } from './source.ts';
import { buildTestPicture } from './test-picture.ts';

export interface CaptureCommand {
  source: CaptureSource;
  /** rtsp://user:password@host:port/path */
  publishUrl: string;
  encoder: Encoder;
  /** The most bits a second that an encoder may make; default a tenth of a bit a pixel. Native H.264 is as it is. */
  bitrate?: number;
  /** Of an encoder that has a constant quality; default balanced. */
  quality?: EncoderQuality;
}

export type EncoderQuality = 'low' | 'balanced' | 'high';

const COMMON = ['-hide_banner', '-nostdin', '-loglevel', 'level+warning'];
// Without the packet size, MediaMTX splits the packets again and warns.
const OUTPUT = ['-an', '-pkt_size', '1300', '-f', 'rtsp', '-rtsp_transport', 'tcp'];
const PROGRESS = ['-progress', 'pipe:3', '-stats_period', '0.5'];

// Two a second, and five in the first: MediaMTX keeps none, so a viewer who comes waits for the next.
const KEYFRAMES_PER_SECOND = 2;
// libx264's constant rate factor: 6 more halve the bits.
const RATE_FACTORS: Record<EncoderQuality, string> = { low: '29', balanced: '23', high: '19' };

const KEYFRAME_TIMES = 'expr:if(lt(t,1),gte(t,n_forced*0.2),gte(t,n_forced/2-1.5))';

/** The arguments of the ffmpeg that publishes a camera. Progress comes on file descriptor 3. */
export function buildCaptureArgs(command: CaptureCommand): string[] {
  const { source, publishUrl, encoder } = command;
  const isCopied = isNativeH264(source);
  const video = isCopied ? ['-c:v', 'copy'] : encodeArgs(command);
  return [
    ...COMMON,
    ...PROGRESS,
    ...(isCopied ? [] : encoder.setupArgs),
    ...inputArgs(source, isCopied ? undefined : encoder.filter),
    ...video,
    ...OUTPUT,
    publishUrl,
  ];
}

export interface GrabCommand {
  source: CaptureSource;
  format: 'jpg' | 'png';
  /** ffmpeg's scale for JPEG, 2 (best) to 31. */
  qscale: number;
}

/** The arguments of the ffmpeg that takes one picture straight from a camera, to its stdout. */
export function buildGrabArgs({ source, format, qscale }: GrabCommand): string[] {
  const picture = format === 'jpg' ? ['-c:v', 'mjpeg', '-q:v', String(qscale)] : ['-c:v', 'png'];
  const input =
    source.kind === 'test'
      ? inputArgs(source, 'format=yuv420p')
      : // The first frames are often dark: the fourth is taken, or the first after half a second.
        [...deviceArgs(source), '-map', '0:v', '-vf', String.raw`select=gte(n\,3)+gte(t\,0.5)`];
  return [
    '-hide_banner',
    '-nostdin',
    '-loglevel',
    'error',
    ...input,
    '-frames:v',
    '1',
    ...picture,
    '-f',
    'image2pipe',
    'pipe:1',
  ];
}

function inputArgs(source: CaptureSource, filter: string | undefined): string[] {
  if (source.kind === 'test') return testArgs(source, filter);
  return [...deviceArgs(source), '-map', '0:v', ...(filter === undefined ? [] : ['-vf', filter])];
}

function testArgs(source: TestSource, filter: string | undefined): string[] {
  const graph = buildTestPicture(source);
  const tail = filter === undefined ? '' : `;[v]${filter}[out]`;
  return ['-filter_complex', `${graph}${tail}`, '-map', filter === undefined ? '[v]' : '[out]'];
}

/** The kernel's own time stamps are kept: the wall clock at reading would only add jitter. */
function deviceArgs({ node, inputFormat, width, height, fps }: V4l2Source): string[] {
  const format = ['-f', 'v4l2', '-input_format', inputFormat, '-video_size', `${width}x${height}`];
  return ['-fflags', 'nobuffer', '-flags', 'low_delay', ...format, '-framerate', String(fps), '-i', node];
}

function encodeArgs({ source, encoder, bitrate, quality = 'balanced' }: CaptureCommand): string[] {
  const { width, height, fps } = source;
  const limit = String(bitrate ?? defaultBitrate(width, height, fps));
  const group = String(Math.max(1, Math.round(fps / KEYFRAMES_PER_SECOND)));
  // For libx264 the bitrate is a ceiling over constant quality: a calm picture then costs a fraction of it.
  const rate = encoder.name === 'libx264' ? ['-crf', RATE_FACTORS[quality]] : ['-b:v', limit];
  const size = [...rate, '-maxrate', limit, '-bufsize', limit];
  // By count, and by time too: a camera in the dark gives fewer frames than was asked.
  const keyframes = ['-bf', '0', '-g', group, '-keyint_min', group, '-force_key_frames', KEYFRAME_TIMES];
  // A camera in the dark gives fewer frames than was asked; repeated ones would only cost bits, and hide it.
  const timing = source.kind === 'v4l2' ? ['-fps_mode', 'vfr'] : [];
  return [...timing, '-c:v', encoder.name, ...encoder.args, ...size, ...keyframes];
}

/** A tenth of a bit a pixel: 2.8 Mbit/s at 1280x720 and 30 frames a second. */
function defaultBitrate(width: number, height: number, fps: number): number {
  return Math.max(300_000, Math.round(width * height * fps * 0.1));
}

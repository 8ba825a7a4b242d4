// The pixel formats that ffmpeg's v4l2 demuxer takes, by V4L2 fourcc, with the names that its -input_format
// wants (libavdevice/v4l2-common.c). Ordered by preference for encoding: planar 4:2:0 needs no conversion.
// Depth pictures (Z16) are left out: not for people to look at.
const INPUT_FORMATS: ReadonlyMap<string, string> = new Map([
  ['H264', 'h264'],
  ['MJPG', 'mjpeg'],
  ['JPEG', 'mjpeg'],
  ['NV12', 'nv12'],
  ['YU12', 'yuv420p'],
  ['YV12', 'yuv420p'],
  ['YUYV', 'yuyv422'],
  ['UYVY', 'uyvy422'],
  ['422P', 'yuv422p'],
  ['411P', 'yuv411p'],
  ['YUV9', 'yuv410p'],
  ['YVU9', 'yuv410p'],
  ['BGR3', 'bgr24'],
  ['RGB3', 'rgb24'],
  ['BGR4', 'bgr0'],
  ['RGB4', '0rgb'],
  ['RGBP', 'rgb565le'],
  ['RGBR', 'rgb565be'],
  ['RGBO', 'rgb555le'],
  ['RGBQ', 'rgb555be'],
  ['GREY', 'gray'],
  ['Y16 ', 'gray16le'],
  ['BA81', 'bayer_bggr8'],
  ['GBRG', 'bayer_gbrg8'],
  ['GRBG', 'bayer_grbg8'],
  ['RGGB', 'bayer_rggb8'],
]);

const RANKS: ReadonlyMap<string, number> = new Map([...INPUT_FORMATS.keys()].map((key, rank) => [key, rank]));

/** The name for ffmpeg's `-input_format`; undefined when ffmpeg cannot capture this pixel format. */
export function ffmpegInputFormat(pixelFormat: string): string | undefined {
  return INPUT_FORMATS.get(pixelFormat);
}

/** 0 is the most welcome format; Infinity one that cannot be captured. */
export function formatRank(pixelFormat: string): number {
  return RANKS.get(pixelFormat) ?? Number.POSITIVE_INFINITY;
}

import type { DeviceCapabilities, VideoMode } from '../device.ts';
import { formatRank } from './ffmpeg-format.ts';

/** What is asked for; what is left out is chosen well. */
export interface WantedMode {
  /** Pixels. Of width and height alone, the other does not matter. */
  width?: number;
  height?: number;
  /** Frames per second; 30. */
  fps?: number;
  /** V4L2 fourcc text; ignored when the device does not offer it. */
  pixelFormat?: string;
  /** Pixels a second that can be encoded here; what the camera encodes itself does not count. Default: any. */
  encodablePixelsPerSecond?: number;
}

const DEFAULT_SIZE = { width: 1280, height: 720 };
const DEFAULT_FPS = 30;

/**
 * Picks the size first (the wanted one, else the nearest below, else the nearest above), then at that size a
 * mode that reaches the wanted rate: native H.264, which needs no encoder, then MJPEG, then raw; if none
 * reaches it, the fastest. Throws RangeError when the device offers nothing that can be captured.
 */
export function chooseMode(capabilities: DeviceCapabilities, wanted: WantedMode = {}): VideoMode {
  const fps = wanted.fps ?? DEFAULT_FPS;
  const capturable = capabilities.modes.filter((mode) => Number.isFinite(formatRank(mode.pixelFormat)));
  const named = capturable.filter((mode) => mode.pixelFormat === wanted.pixelFormat);
  let modes = named.length > 0 ? named : capturable;

  const encodable = modes.filter((mode) => isEncodable(mode, wanted.encodablePixelsPerSecond));
  if (encodable.length > 0) modes = encodable;

  const isSizeAsked = wanted.width !== undefined || wanted.height !== undefined;
  if (!isSizeAsked) {
    // Raw webcams offer large pictures at slide-show rates; unasked, a smaller fluent picture is better.
    const fluent = modes.filter((mode) => mode.fps >= fps / 2);
    if (fluent.length > 0) modes = fluent;
  }

  const size = nearestSize(modes, isSizeAsked ? wanted : DEFAULT_SIZE);
  const best = modes
    .filter((mode) => mode.width === size?.width && mode.height === size.height)
    .toSorted((a, b) => compareAtSize(a, b, fps))[0];
  if (best === undefined) {
    const offered = capabilities.formats.join(', ') || 'none';
    throw new RangeError(`the device offers no mode that can be captured (pixel formats: ${offered})`);
  }
  return best;
}

function isEncodable(
  { pixelFormat, width, height, fps }: VideoMode,
  limit = Number.POSITIVE_INFINITY,
): boolean {
  return pixelFormat === 'H264' || width * height * fps <= limit;
}

function nearestSize(modes: VideoMode[], limit: { width?: number; height?: number }): VideoMode | undefined {
  const { width = Number.POSITIVE_INFINITY, height = Number.POSITIVE_INFINITY } = limit;
  const byArea = modes.toSorted((a, b) => a.width * a.height - b.width * b.height);
  return byArea.findLast((mode) => mode.width <= width && mode.height <= height) ?? byArea[0];
}

function compareAtSize(a: VideoMode, b: VideoMode, fps: number): number {
  const [isFastA, isFastB] = [reaches(a, fps), reaches(b, fps)];
  if (isFastA !== isFastB) return isFastA ? -1 : 1;
  const byFormat = formatRank(a.pixelFormat) - formatRank(b.pixelFormat);
  if (isFastA) return byFormat || a.fps - b.fps;
  return b.fps - a.fps || byFormat;
}

// 29.97 is what "30" means to television hardware.
function reaches(mode: VideoMode, fps: number): boolean {
  return mode.fps >= fps * 0.99;
}

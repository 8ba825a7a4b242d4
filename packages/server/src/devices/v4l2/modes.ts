import { setImmediate as yieldToEvents } from 'node:timers/promises';

import type { DeviceCapabilities, VideoMode } from '../device.ts';
import { ffmpegInputFormat, formatRank } from './ffmpeg-format.ts';
import { IoctlError, type V4l2Device } from './ioctl.ts';
import * as structs from './structs.ts';

interface Size {
  width: number;
  height: number;
}

/** Sizes and rates that people ask for, taken from a device that names only a range. */
const COMMON_SIZES: readonly (readonly [number, number])[] = [
  [160, 120],
  [320, 180],
  [320, 240],
  [640, 360],
  [640, 480],
  [800, 600],
  [960, 540],
  [1024, 768],
  [1280, 720],
  [1280, 960],
  [1600, 1200],
  [1920, 1080],
  [2560, 1440],
  [3840, 2160],
];
const MAX_EXPANDED_AREA = 4096 * 2160;
const COMMON_RATES = [5, 10, 15, 20, 24, 25, 30, 50, 60, 90, 120];

/** For a device that says nothing about its rate. */
const ASSUMED_FPS = 30;

/** A driver that never ends an enumeration must not hold the service up. */
const MAX_ENTRIES = 256;

/**
 * Asks the device for its formats, and for the sizes and rates of those that can be captured. Yields to the
 * event loop between formats. Throws IoctlError when the device stops answering.
 */
export async function readCapabilities(device: V4l2Device, bufferType: number): Promise<DeviceCapabilities> {
  const formats = enumerate(device, {
    request: structs.VIDIOC_ENUM_FMT,
    make: (index) => structs.makeFormatQuery(index, bufferType),
    parse: structs.parseFormat,
  });
  const capabilities: DeviceCapabilities = { formats: [...new Set(formats)], modes: [] };
  // ffmpeg's demuxer does not know multi-planar capture.
  if (bufferType !== structs.BUFFER_TYPE_CAPTURE) return capabilities;
  for (const pixelFormat of capabilities.formats) {
    if (ffmpegInputFormat(pixelFormat) === undefined) continue;
    capabilities.modes.push(...readModes(device, pixelFormat));
    await yieldToEvents();
  }
  capabilities.modes = sortModes(capabilities.modes);
  return capabilities;
}

function readModes(device: V4l2Device, pixelFormat: string): VideoMode[] {
  const ranges = enumerate(device, {
    request: structs.VIDIOC_ENUM_FRAMESIZES,
    make: (index) => structs.makeFrameSizeQuery(index, pixelFormat),
    parse: structs.parseFrameSize,
  });
  const sizes = ranges.length > 0 ? ranges.flatMap(expandSizes) : readCurrentSize(device);
  return sizes.flatMap((size) =>
    readRates(device, pixelFormat, size).map((fps) => ({ pixelFormat, ...size, fps })),
  );
}

function readRates(device: V4l2Device, fourcc: string, size: Size): number[] {
  const ranges = enumerate(device, {
    request: structs.VIDIOC_ENUM_FRAMEINTERVALS,
    make: (index) => structs.makeFrameIntervalQuery({ index, fourcc, ...size }),
    parse: structs.parseFrameInterval,
  });
  const rates = ranges.filter((range) => range !== null).flatMap(expandRates);
  return rates.length > 0 ? rates : [readCurrentRate(device) ?? ASSUMED_FPS];
}

/** The picture sizes to offer for a range: the common ones on its steps, and its largest if that is sane. */
export function expandSizes(range: structs.FrameSizeRange): Size[] {
  const largest = { width: range.maxWidth, height: range.maxHeight };
  if (range.isDiscrete) return [largest];
  const common = COMMON_SIZES.filter(
    ([width, height]) =>
      isOnSteps(width, { min: range.minWidth, max: range.maxWidth, step: range.stepWidth }) &&
      isOnSteps(height, { min: range.minHeight, max: range.maxHeight, step: range.stepHeight }),
  ).map(([width, height]) => ({ width, height }));
  // Emulated and scaling hardware names sizes like 16384x8640 that nothing can encode.
  const isSane = largest.width * largest.height <= MAX_EXPANDED_AREA;
  return isSane || common.length === 0 ? [...common, largest] : common;
}

function isOnSteps(value: number, { min, max, step }: { min: number; max: number; step: number }): boolean {
  return value >= min && value <= max && (value - min) % step === 0;
}

/** The rates to offer for a range: the common ones inside it, and its fastest. */
export function expandRates(range: structs.FrameRateRange): number[] {
  if (range.isDiscrete) return [range.maxFps];
  return [...COMMON_RATES.filter((fps) => fps >= range.minFps && fps < range.maxFps), range.maxFps];
}

/** Without doubles; largest picture first, then highest rate, then the format that is cheapest to use. */
export function sortModes(modes: VideoMode[]): VideoMode[] {
  const unique = new Map(
    modes.map((mode) => [`${mode.pixelFormat} ${mode.width}x${mode.height}@${mode.fps}`, mode]),
  );
  return [...unique.values()].sort(
    (a, b) =>
      b.width * b.height - a.width * a.height ||
      b.width - a.width ||
      b.fps - a.fps ||
      formatRank(a.pixelFormat) - formatRank(b.pixelFormat),
  );
}

// Capture cards take what their input sends, and so enumerate no sizes: the present one is the only one.
function readCurrentSize(device: V4l2Device): Size[] {
  const bytes = structs.makeCurrentFormatQuery();
  if (!answers(device, structs.VIDIOC_G_FMT, bytes)) return [];
  const { width, height } = structs.parseCurrentFormat(bytes);
  return width > 0 && height > 0 ? [{ width, height }] : [];
}

function readCurrentRate(device: V4l2Device): number | null {
  const bytes = structs.makeStreamParameterQuery();
  return answers(device, structs.VIDIOC_G_PARM, bytes) ? structs.parseCurrentRate(bytes) : null;
}

interface Enumeration<T> {
  request: number;
  make: (index: number) => Buffer;
  parse: (bytes: Buffer) => T;
}

function enumerate<T>(device: V4l2Device, { request, make, parse }: Enumeration<T>): T[] {
  const found: T[] = [];
  for (let index = 0; index < MAX_ENTRIES; index += 1) {
    const bytes = make(index);
    if (!answers(device, request, bytes)) break;
    found.push(parse(bytes));
  }
  return found;
}

// EINVAL ends an enumeration; ENOTTY: the driver does not know the request; ENODATA: nothing for this input.
function answers(device: V4l2Device, request: number, bytes: Buffer): boolean {
  try {
    device.ioctl(request, bytes);
    return true;
  } catch (error) {
    if (error instanceof IoctlError && ['EINVAL', 'ENOTTY', 'ENODATA'].includes(error.code)) return false;
    throw error;
  }
}

import { availableParallelism } from 'node:os';
import type { CaptureSource } from '../capture/source.ts';
import type { VideoMode } from '../devices/device.ts';
import { chooseMode } from '../devices/v4l2/choose-mode.ts';
import { ffmpegInputFormat } from '../devices/v4l2/ffmpeg-format.ts';
import type { CameraRow } from '../store/cameras.ts';
import type { Camera } from './camera.ts';

/** What the service wants of a camera whose settings say nothing. */
export type DefaultMode = VideoMode;

// libx264 ultrafast makes about 130 million pixels a second on one core; half of the machine is left to others.
const encodablePixelsPerSecond = availableParallelism() * 65_000_000;

/** The mode in which a camera is captured; one that tells none yet gets the wanted one, until it does. */
export function modeFor(
  {
    kind,
    capabilities,
    settings,
    learned,
  }: Pick<CameraRow, 'kind' | 'capabilities' | 'settings' | 'learned'>,
  defaults: DefaultMode,
): VideoMode {
  const { modes } = capabilities;
  if (kind === 'test' && modes[0]) return testMode(modes[0], settings);
  const wanted = { ...defaults, ...wantedSize(settings.resolution), fps: settings.fps ?? defaults.fps };
  if (modes.length === 0) {
    const { width, height, fps, pixelFormat } = wanted;
    return { width, height, fps, pixelFormat };
  }
  const { width, height, fps } = wanted;
  // When all have failed, the best of them is tried again: a camera is never given up.
  const left = modes.filter((mode) => !learned.failed.some((failed) => isAsDemanding(mode, failed)));
  const from = left.length > 0 ? { ...capabilities, modes: left } : capabilities;
  return chooseMode(from, { width, height, fps, encodablePixelsPerSecond });
}

/** Whether there is a lower mode to go to from the present one. */
export function hasLowerMode(row: CameraRow, mode: VideoMode): boolean {
  const failed = [...row.learned.failed, { ...mode, reason: '' }];
  return row.capabilities.modes.some((other) => !failed.some((bad) => isAsDemanding(other, bad)));
}

/** What capture opens for a camera, in its present mode and at its present node. */
export function captureSourceOf({ row, mode, device, name }: Camera): CaptureSource {
  const { width, height, fps, pixelFormat } = mode;
  if (row.kind === 'test') return { kind: 'test', width, height, fps, label: name };
  const inputFormat = ffmpegInputFormat(pixelFormat);
  if (row.node === null || inputFormat === undefined)
    throw new Error(`${device} has no mode that can be captured`);
  return { kind: 'v4l2', node: row.node, pixelFormat, inputFormat, width, height, fps };
}

/** One format fails by how much it carries, so what carries as much or more would fail as well. */
function isAsDemanding(mode: VideoMode, failed: VideoMode): boolean {
  return mode.pixelFormat === failed.pixelFormat && pixelRate(mode) >= pixelRate(failed);
}

function pixelRate({ width, height, fps }: VideoMode): number {
  return width * height * fps;
}

function wantedSize(resolution: string | null): { width?: number; height?: number } {
  if (resolution === null) return {};
  const [width, height] = resolution.split('x').map(Number) as [number, number];
  return { width, height };
}

/** The picture is made here, so it can have any size. */
function testMode(own: VideoMode, { resolution, fps }: CameraRow['settings']): VideoMode {
  return { ...own, ...wantedSize(resolution), fps: fps === null ? own.fps : Math.max(1, Math.round(fps)) };
}

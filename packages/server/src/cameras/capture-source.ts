import type { CaptureSource } from '../capture/source.ts';
import type { DeviceCandidate, VideoMode } from '../devices/device.ts';
import { chooseMode, type WantedMode } from '../devices/v4l2/choose-mode.ts';
import { ffmpegInputFormat } from '../devices/v4l2/ffmpeg-format.ts';
import type { Camera } from './camera.ts';

/** The mode in which a camera is captured; one that tells none yet gets the wanted one, until it does. */
export function modeFor(
  candidate: Pick<DeviceCandidate, 'kind' | 'capabilities'>,
  wanted: Required<WantedMode>,
): VideoMode {
  const { modes } = candidate.capabilities;
  if (candidate.kind === 'test' && modes[0]) return modes[0];
  const { width, height, fps, pixelFormat } = wanted;
  return modes.length > 0
    ? chooseMode(candidate.capabilities, { width, height, fps })
    : { width, height, fps, pixelFormat };
}

/** What capture opens for a camera, in its present mode and at its present node. */
export function captureSourceOf({ row, mode, device }: Camera): CaptureSource {
  const { width, height, fps, pixelFormat } = mode;
  if (row.kind === 'test') return { kind: 'test', width, height, fps, label: row.name };
  const inputFormat = ffmpegInputFormat(pixelFormat);
  if (row.node === null || inputFormat === undefined)
    throw new Error(`${device} has no mode that can be captured`);
  return { kind: 'v4l2', node: row.node, pixelFormat, inputFormat, width, height, fps };
}

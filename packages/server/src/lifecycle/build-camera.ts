import { Camera } from '../cameras/camera.ts';
import { captureSourceOf, modeFor, type DefaultMode } from '../cameras/capture-source.ts';
import type { CameraRegistry } from '../cameras/registry.ts';
import { CameraMonitor } from '../cameras/monitor.ts';
import { Capture } from '../capture/capture.ts';
import { EncoderChooser } from '../capture/encoder.ts';
import type { EffectiveConfig } from '../config/load.ts';
import { TestWatcher } from '../devices/test/watcher.ts';
import { findHolder } from '../devices/v4l2/holder.ts';
import { V4l2Watcher } from '../devices/v4l2/watcher.ts';
import type { Logger } from '../log.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import type { Stills } from '../snapshots/stills.ts';
import type { CameraRow } from '../store/cameras.ts';
import type { TapPool } from '../taps/tap-pool.ts';
import type { Ffmpeg } from './ffmpeg.ts';

export interface CameraMakerDeps {
  config: EffectiveConfig;
  media: MediaServer;
  taps: TapPool;
  ffmpeg: Ffmpeg;
  log: Logger;
}

/** What watches for devices, and keeps the registry told. */
export function buildMonitor(
  { config, log }: Pick<CameraMakerDeps, 'config' | 'log'>,
  cameras: CameraRegistry,
): CameraMonitor {
  const { discovery, rescan_interval, ignore, node_range, test_cameras, test_resolution, test_fps } =
    config.camera;
  const [from, to] = node_range?.split('-').map(Number) ?? [];
  const nodes = from === undefined || to === undefined ? undefined : { from, to };
  const [width, height] = readResolution(test_resolution);
  return new CameraMonitor({
    registry: cameras,
    usb: discovery ? new V4l2Watcher({ rescanMs: rescan_interval * 1000, ignore, nodes, log }) : undefined,
    test: new TestWatcher({ count: 0, width, height, fps: test_fps }),
    testCameras: test_cameras,
    log,
  });
}

interface CameraMakerLinks {
  onChange: (camera: Camera) => void;
  keep: (row: CameraRow) => void;
  recheck: () => Promise<void>;
  onReturn: (camera: Camera) => void;
  stills: Stills;
}

/** How one camera is made: with its capture, its reader and its mode. */
export function cameraMaker(
  { config, media, taps, ffmpeg, log }: CameraMakerDeps,
  { onChange, keep, recheck, onReturn, stills }: CameraMakerLinks,
): ConstructorParameters<typeof CameraRegistry>[0]['makeCamera'] {
  const encoder = new EncoderChooser({ log });
  return (row) => {
    const device = `camera${row.number}`;
    const camera: Camera = new Camera({
      row,
      chooseMode: (present) => modeFor(present, wantedMode(config)),
      makeCapture: (owner) =>
        new Capture({
          name: device,
          source: () => captureSourceOf(owner),
          publishUrl: () => media.publishUrl(device),
          ffmpeg: () => ffmpeg.capture,
          encoder,
          log,
          bitrate: () => toBits(owner.row.settings.bitrate ?? config.capture.bitrate),
          quality: () => owner.row.settings.quality ?? undefined,
          get stallMs() {
            return config.capture.stall_timeout * 1000;
          },
          startTimeoutMs: config.capture.start_timeout * 1000,
          recover: (end, signal) => owner.picture.recover(end, signal),
        }),
      taps,
      rtspTarget: () => media.rtspTarget(device),
      hasPublisher: async () => (await media.controller.getStreamStatus(device))?.available ?? false,
      get lingerMs() {
        return config.camera.linger * 1000;
      },
      get defaultMode() {
        return config.camera.mode;
      },
      whoHolds: findHolder,
      recheck,
      noteEncoderFailure: () => encoder.noteFailure(camera.capture.state.encoder),
      keep,
      onChange,
      onReturn,
      onLastPicture: (owner, gop) => void stills.keep(owner, gop),
      log: log.child({ camera: device }),
    });
    return camera;
  };
}

function toBits(kilobits: number | undefined): number | undefined {
  return kilobits === undefined ? undefined : kilobits * 1000;
}

function wantedMode({ capture }: EffectiveConfig): DefaultMode {
  const [width, height] = readResolution(capture.resolution);
  return { width, height, fps: capture.fps, pixelFormat: '' };
}

function readResolution(text: string): [width: number, height: number] {
  const [width, height] = text.split('x').map(Number) as [number, number];
  return [width, height];
}

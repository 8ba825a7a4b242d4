import type { Camera as CameraObject, Result } from '@mediamtx-camera-service/protocol';
import { mayView, type Identity } from '../auth/identity.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import type { RecordingSession } from '../recordings/session.ts';
import type { Addresses } from './addresses.ts';
import type { CallContext } from './call.ts';
import { hideForeign } from './hide-foreign.ts';
import type { ClientNames } from './session.ts';
import type { TapPool } from '../taps/tap-pool.ts';
import type { Camera } from '../cameras/camera.ts';
import { viewCamera } from './camera-view.ts';
import type { CameraRegistry } from '../cameras/registry.ts';

export interface CameraViewerDeps {
  cameras: CameraRegistry;
  addresses: Addresses;
  media: MediaServer;
  taps: Pick<TapPool, 'stats'>;
  recordingOf: (device: string) => RecordingSession | undefined;
  now?: () => number;
}

/** What clients are shown of cameras, gathered from the parts that know it. */
export class CameraViewer {
  readonly #deps: CameraViewerDeps;

  constructor(deps: CameraViewerDeps) {
    this.#deps = deps;
  }

  list(identity: Identity | undefined, client: ClientNames): CameraObject[] {
    return (
      this.#deps.cameras
        .list()
        // A test camera that was taken away is no camera that anybody waits for.
        .filter(({ row, isPresent }) => isPresent || row.kind !== 'test')
        .filter(({ device }) => !identity || mayView(identity, device))
        .map((camera) => this.view(camera, { identity, ...client }))
    );
  }

  /** Without the names of cameras that the caller may not see. */
  view(
    camera: Camera,
    { identity, ...client }: Pick<CallContext, 'identity' | 'host' | 'origin'>,
  ): CameraObject {
    const session = this.#deps.recordingOf(camera.device);
    const recording = session && {
      sessionId: session.row.session_id,
      filename: session.row.filename,
      elapsedSeconds: session.elapsedSeconds,
    };
    const view = viewCamera(camera, this.#deps.addresses.streamsOf(camera.device, client), recording);
    return hideForeign(view, identity);
  }

  async metrics(camera: Camera): Promise<Result<'get_camera_status'>['metrics']> {
    const { media, taps, now = Date.now } = this.#deps;
    const stats = camera.isLive ? await taps.stats(camera.device) : undefined;
    const path = media.controller.paths.get(camera.device);
    return {
      bytes_sent: path?.bytesSent ?? 0,
      readers: media.controller.viewersOf(camera.device),
      uptime: camera.picture.liveSince === undefined ? 0 : (now() - camera.picture.liveSince) / 1000,
      bitrate: Math.round(stats?.bitrate ?? 0),
      fps_actual: stats?.fps ?? 0,
      restarts: camera.capture.state.restarts,
      pixel_format: camera.row.kind === 'test' ? null : camera.mode.pixelFormat,
      mode_reason: camera.picture.modeReason,
    };
  }

  capabilities({ row, isPresent }: Camera): Omit<Result<'get_camera_capabilities'>, 'device'> {
    const { formats, modes } = row.capabilities;
    return {
      formats,
      resolutions: [...new Set(modes.map(({ width, height }) => `${width}x${height}`))],
      fps_options: [...new Set(modes.map(({ fps }) => fps))].sort((a, b) => b - a),
      modes: modes.map(({ pixelFormat, width, height, fps }) => ({
        pixel_format: pixelFormat,
        width,
        height,
        fps,
      })),
      validation_status: isPresent ? row.capabilityStatus : 'DISCONNECTED',
    };
  }
}

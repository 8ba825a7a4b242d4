import type { CameraRegistry } from '../cameras/registry.ts';
import { AppError } from '../errors.ts';
import type { MediaSource, MediaUpstream, Still } from '../http/deps.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import type { Streams } from './streams.ts';
import type { Stills } from '../snapshots/stills.ts';

export interface CameraMediaDeps {
  cameras: CameraRegistry;
  media: MediaServer;
  stills: Stills;
  streams: Pick<Streams, 'exists'>;
}

// From the request until MediaMTX counts the viewer as a reader; a slow camera may take most of it to start.
const requestHoldMs = 20_000;

/** What the media front serves of cameras: it makes them wanted and says where MediaMTX has them. */
export class CameraMedia implements MediaSource {
  readonly #deps: CameraMediaDeps;

  constructor(deps: CameraMediaDeps) {
    this.#deps = deps;
  }

  resolve(device: string): string | undefined {
    const { cameras, streams } = this.#deps;
    // Streams of create_stream are served by their names, beside the cameras.
    return cameras.find(device)?.device ?? (streams.exists(device) ? device : undefined);
  }

  demand(device: string, reason: 'whep' | 'hls'): void {
    this.#deps.cameras.find(device)?.demand.expectReader(reason, requestHoldMs);
  }

  whep(device: string): MediaUpstream {
    this.#assertUsable(device);
    return this.#deps.media.whep(device);
  }

  hls(device: string): MediaUpstream {
    this.#assertUsable(device);
    return this.#deps.media.hls(device);
  }

  whepSessions(): Promise<string[]> {
    return this.#deps.media.controller.sessions.webRtcIds();
  }

  still(device: string, options: { maxAgeMs?: number; width?: number; signal: AbortSignal }): Promise<Still> {
    const { cameras, stills } = this.#deps;
    return stills.newest(cameras.get(device), options);
  }

  /** A camera that can't become live is told so at once, instead of keeping the viewer waiting. */
  #assertUsable(device: string): void {
    if (this.#deps.streams.exists(device)) return;
    const camera = this.#deps.cameras.get(device);
    if (camera.status === 'CONNECTED' && camera.state !== 'off') return;
    throw new AppError('dependency_failed', {
      reason: `camera_${camera.status.toLowerCase()}`,
      dependency: 'camera',
      detail: camera.statusReason ?? camera.status,
      details: `${device} is ${camera.status}: ${camera.statusReason ?? ''}`,
      suggestion: camera.remedy ?? 'It comes back by itself; try again in a moment.',
    });
  }
}

import type { CameraRegistry } from '../cameras/registry.ts';
import type { Camera } from '../cameras/camera.ts';
import { AppError } from '../errors.ts';
import type { MediaSource, MediaUpstream, Still } from '../http/deps.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import type { Stills } from '../snapshots/stills.ts';

export interface CameraMediaDeps {
  cameras: CameraRegistry;
  media: MediaServer;
  stills: Stills;
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
    return this.#deps.cameras.find(device)?.device;
  }

  demand(device: string, reason: 'whep' | 'hls'): void {
    this.#deps.cameras.find(device)?.demand.touch(reason, requestHoldMs);
  }

  whep(device: string): MediaUpstream {
    this.#usable(device);
    return this.#deps.media.whep(device);
  }

  hls(device: string): MediaUpstream {
    this.#usable(device);
    return this.#deps.media.hls(device);
  }

  still(device: string, options: { maxAgeMs?: number; width?: number; signal: AbortSignal }): Promise<Still> {
    const { cameras, stills } = this.#deps;
    return stills.newest(cameras.get(device), options);
  }

  /** A camera that can't become live is told so at once, instead of keeping the viewer waiting. */
  #usable(device: string): Camera {
    const camera = this.#deps.cameras.get(device);
    if (camera.status === 'CONNECTED') return camera;
    throw new AppError('dependency_failed', {
      reason: `camera_${camera.status.toLowerCase()}`,
      dependency: 'camera',
      detail: camera.statusReason ?? camera.status,
      details: `${device} is ${camera.status}: ${camera.statusReason ?? ''}`,
      suggestion: 'It comes back by itself; try again in a moment.',
    });
  }
}

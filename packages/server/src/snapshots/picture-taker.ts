import type { SnapshotFormat } from '@mediamtx-camera-service/protocol';
import { assertUsable } from '../cameras/assert-usable.ts';
import type { Camera } from '../cameras/camera.ts';
import { AppError } from '../errors.ts';
import { CaptureError } from '../capture/capture-error.ts';
import { decodeStill, StillError } from '../stills/decode-still.ts';
import type { TapPool } from '../taps/tap-pool.ts';

export interface Picture {
  data: Buffer;
  width: number;
  height: number;
  /** When its frame reached the service, epoch milliseconds. */
  capturedAt: number;
  method: 'live' | 'direct';
}

export interface PictureOptions {
  format: SnapshotFormat;
  /** 1 to 100. */
  quality: number;
  /** Scaled down to it; never up. */
  width?: number | undefined;
  /** How old the frame may be at the request, in milliseconds. */
  maxAgeMs: number;
  signal?: AbortSignal | undefined;
}

export interface PictureTakerDeps {
  taps: Pick<TapPool, 'latest'>;
  /** The ffmpeg for short runs. */
  ffmpeg: () => string;
  timeoutMs: number;
  now?: () => number;
}

interface Shared {
  key: string;
  requestedAt: number;
  picture: Promise<Picture>;
}

/**
 * Takes one picture of a camera: from the frames that are held of a live one, else by opening it. Single-flight a
 * camera: a hundred requests at once cost one decoding, and each gets a frame that is fresh for it.
 */
export class PictureTaker {
  readonly #deps: PictureTakerDeps;
  readonly #underWay = new Map<string, Shared>();
  readonly #now: () => number;

  constructor(deps: PictureTakerDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  async take(camera: Camera, options: PictureOptions): Promise<Picture> {
    const requestedAt = this.#now();
    const key = `${options.format} ${options.quality} ${options.width ?? ''}`;
    for (;;) {
      const shared = this.#underWay.get(camera.device);
      if (!shared) break;
      const picture = await shared.picture.catch(() => undefined);
      if (picture && shared.key === key && picture.capturedAt >= requestedAt - options.maxAgeMs)
        return picture;
    }
    const picture = this.#takeOne(camera, options, requestedAt);
    const shared = { key, requestedAt, picture };
    this.#underWay.set(camera.device, shared);
    try {
      return await picture;
    } catch (error) {
      throw asPictureError(camera.device, error);
    } finally {
      if (this.#underWay.get(camera.device) === shared) this.#underWay.delete(camera.device);
    }
  }

  async #takeOne(camera: Camera, options: PictureOptions, requestedAt: number): Promise<Picture> {
    if (camera.isLive) {
      const picture = await this.#takeLive(camera, options, requestedAt);
      if (picture) return picture;
    }
    // A failed camera may be back without our having noticed: opening it shows.
    assertUsable(camera, ['CONNECTED', 'ERROR']);
    // One that is just starting has the device open; its first frames are a moment away.
    if (camera.liveness === 'idle') {
      const picture = await this.#takeDirect(camera, options);
      if (picture) return picture;
    }
    const release = camera.demand.hold('snapshot');
    try {
      const picture = await this.#whenLive(camera, options, requestedAt);
      if (picture) return picture;
    } finally {
      release();
    }
    throw new AppError('dependency_failed', {
      reason: 'no_picture',
      dependency: 'camera',
      detail: camera.statusReason ?? 'no frame came in time',
      details: `${camera.device} gives no picture: ${camera.statusReason ?? 'no frame came in time'}`,
      suggestion: 'Look at get_camera_status; try again when the camera is CONNECTED.',
    });
  }

  async #takeLive(
    camera: Camera,
    options: PictureOptions,
    requestedAt: number,
  ): Promise<Picture | undefined> {
    const { taps, ffmpeg, timeoutMs } = this.#deps;
    const { format, quality, width, maxAgeMs, signal } = options;
    const gop = await taps.latest(camera.device, {
      notBeforeMs: requestedAt - maxAgeMs,
      // A stream that stands still gives nothing newer; a frame of the slowest camera comes within a second.
      timeoutMs: 1_500,
      ...(signal && { signal }),
    });
    if (!gop || gop.lastArrivalMs < requestedAt - maxAgeMs) return undefined;
    const still = await decodeStill(gop, {
      ffmpeg: ffmpeg(),
      format,
      quality,
      timeoutMs,
      ...(width !== undefined && { width }),
      ...(signal && { signal }),
    });
    return { ...still, capturedAt: gop.lastArrivalMs, method: 'live' };
  }

  async #whenLive(
    camera: Camera,
    options: PictureOptions,
    requestedAt: number,
  ): Promise<Picture | undefined> {
    const until = requestedAt + this.#deps.timeoutMs;
    while (this.#now() < until && camera.liveness !== 'failed' && !options.signal?.aborted) {
      const picture = camera.isLive ? await this.#takeLive(camera, options, requestedAt) : undefined;
      if (picture) return picture;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return undefined;
  }

  /** Undefined where capture took the device in the meantime: then its frames are on the way. */
  async #takeDirect(camera: Camera, options: PictureOptions): Promise<Picture | undefined> {
    const { format, quality, signal } = options;
    try {
      const still = await camera.capture.grab({
        format,
        quality,
        timeoutMs: this.#deps.timeoutMs,
        ...(signal && { signal }),
      });
      return { ...still, capturedAt: this.#now(), method: 'direct' };
    } catch (error) {
      if (error instanceof CaptureError && error.code === 'capturing') return undefined;
      throw error;
    }
  }
}

/** Failures of capture and decoding as the contract names them. */
function asPictureError(device: string, error: unknown): unknown {
  if (!(error instanceof CaptureError) && !(error instanceof StillError)) return error;
  const dependency = error.code === 'no_frame' || error.code === 'undecodable' ? 'camera' : 'ffmpeg';
  return new AppError(
    'dependency_failed',
    {
      reason: error.code,
      dependency,
      detail: error.message,
      details: `${device} gives no picture: ${error.message}`,
      suggestion:
        dependency === 'ffmpeg'
          ? '`npm start` installs ffmpeg; get_status tells whether it was found.'
          : 'Look at get_camera_status; try again when the camera is CONNECTED.',
    },
    { cause: error },
  );
}

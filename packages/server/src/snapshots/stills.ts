import { readFile, stat, utimes } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Camera } from '../cameras/camera.ts';
import { AppError, errnoOf } from '../errors.ts';
import { decodeStill } from '../stills/decode-still.ts';
import type { Gop } from '../taps/tap-pool.ts';
import type { PictureTaker } from './picture-taker.ts';

export interface Still {
  data: Buffer;
  capturedAtMs: number;
  /** At the time of the request. */
  ageMs: number;
}

export interface StillOptions {
  /** A picture older than this is not good enough: the camera is opened. */
  maxAgeMs?: number | undefined;
  width?: number | undefined;
  signal: AbortSignal;
}

export interface StillsDeps {
  pictures: PictureTaker;
  cacheDir: string;
  ffmpeg: () => string;
  now?: () => number;
  log: Logger;
}

const quality = 80;
// A page with many viewers asks again and again: a frame of a moment ago serves them all.
const liveMaxAgeMs = 200;

/** The newest picture of each camera, at once: of a live one a fresh frame, else the last that was ever seen. */
export class Stills {
  readonly #deps: StillsDeps;
  readonly #now: () => number;
  readonly #keeping = new Set<Promise<void>>();

  constructor(deps: StillsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    mkdirSync(deps.cacheDir, { recursive: true });
  }

  async newest(camera: Camera, options: StillOptions): Promise<Still> {
    const requestedAt = this.#now();
    const kept = camera.isLive ? undefined : await this.#readKept(camera.device, requestedAt);
    if (kept && (options.maxAgeMs === undefined || kept.ageMs <= options.maxAgeMs)) return kept;
    try {
      return await this.#take(camera, options, requestedAt);
    } catch (error) {
      const last = kept ?? (await this.#readKept(camera.device, requestedAt));
      // An old picture that says its age is better than none, unless a fresh one was asked for.
      if (last && options.maxAgeMs === undefined) return last;
      throw error;
    }
  }

  /** Keeps the last frame of a camera that stops being live. */
  async keep(camera: Camera, gop: Gop): Promise<void> {
    const keeping = this.#decodeAndKeep(camera, gop);
    this.#keeping.add(keeping);
    await keeping;
    this.#keeping.delete(keeping);
  }

  /** Resolves when the last frames of the cameras that were stopped before are kept. */
  async stop(): Promise<void> {
    await Promise.all(this.#keeping);
  }

  /** A camera that was never seen gets its first picture, so that no page is ever without one. */
  async ensure(camera: Camera): Promise<void> {
    if (await this.#readKept(camera.device, this.#now())) return;
    try {
      await this.#take(camera, { signal: AbortSignal.timeout(30_000) }, this.#now());
    } catch (error) {
      this.#deps.log.info({ err: error, device: camera.device }, 'there is no first picture yet');
    }
  }

  /** Of a camera that is known no more. */
  async remove(device: string): Promise<void> {
    await Promise.all(this.#keeping);
    await rm(this.#pathOf(device), { force: true });
  }

  /** Two cameras are one: the newer of their last pictures is that one's. */
  async join(device: string, other: string): Promise<void> {
    await Promise.all(this.#keeping);
    const [kept, others] = await Promise.all(
      [device, other].map((name) => this.#readKept(name, this.#now())),
    );
    if (others && others.capturedAtMs > (kept?.capturedAtMs ?? 0))
      await rename(this.#pathOf(other), this.#pathOf(device));
    else await this.remove(other);
  }

  /** Never rejects. */
  async #decodeAndKeep(camera: Camera, gop: Gop): Promise<void> {
    try {
      const still = await decodeStill(gop, {
        ffmpeg: this.#deps.ffmpeg(),
        format: 'jpg',
        quality,
        timeoutMs: 5_000,
      });
      await this.#write(camera.device, still.data, gop.lastArrivalMs);
    } catch (error) {
      this.#deps.log.warn({ err: error, device: camera.device }, 'the last picture could not be kept');
    }
  }

  async #take(camera: Camera, options: StillOptions, requestedAt: number): Promise<Still> {
    const picture = await this.#deps.pictures.take(camera, {
      format: 'jpg',
      quality,
      width: options.width,
      maxAgeMs: Math.min(options.maxAgeMs ?? liveMaxAgeMs, liveMaxAgeMs),
      signal: options.signal,
    });
    if (picture.method === 'direct') await this.#write(camera.device, picture.data, picture.capturedAt);
    const ageMs = Math.max(0, requestedAt - picture.capturedAt);
    return { data: picture.data, capturedAtMs: picture.capturedAt, ageMs };
  }

  #pathOf(device: string): string {
    return join(this.#deps.cacheDir, `${device}.jpg`);
  }

  async #readKept(device: string, requestedAt: number): Promise<Still | undefined> {
    const path = this.#pathOf(device);
    try {
      const [data, { mtimeMs }] = await Promise.all([readFile(path), stat(path)]);
      return {
        data,
        capturedAtMs: Math.round(mtimeMs),
        ageMs: Math.max(0, Math.round(requestedAt - mtimeMs)),
      };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw new AppError(
        'internal_error',
        { reason: 'cache_unreadable', details: 'the last picture can not be read' },
        { cause: error },
      );
    }
  }

  /** The file's time is the picture's. */
  async #write(device: string, data: Buffer, capturedAt: number): Promise<void> {
    const path = this.#pathOf(device);
    const temporary = `${path}.${this.#now()}.tmp`;
    await writeFile(temporary, data);
    const seconds = capturedAt / 1000;
    await utimes(temporary, seconds, seconds);
    await rename(temporary, path);
  }
}

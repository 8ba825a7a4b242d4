import type { AccessUnit } from './h264.ts';
import type { PictureSize } from './sps.ts';

/** The frames from the newest keyframe to the newest frame, ready to be decoded alone. */
export interface Gop {
  codec: 'h264';
  /** Annex B; starts with SPS, PPS and an IDR picture. */
  data: Buffer;
  frames: number;
  /** When the newest frame had arrived, epoch ms. */
  lastArrivalMs: number;
  /** When the keyframe had arrived, epoch ms. */
  keyArrivalMs: number;
  width: number | null;
  height: number | null;
}

export interface GopLimits {
  /** Default 16 MB, about a minute of 2 Mbit/s. */
  maxBytes?: number;
  /** Default 1200 frames. */
  maxFrames?: number;
}

interface HeldFrame {
  data: Buffer;
  arrivalMs: number;
}

/**
 * Holds the access units since the newest keyframe. When a limit is reached it keeps what it has and takes no
 * more until the next keyframe: a frame from the middle can't be left out, and `lastArrivalMs` tells the age.
 */
export class GopBuffer {
  #maxBytes: number;
  #maxFrames: number;
  #frames: HeldFrame[] = [];
  #bytes = 0;
  #isFull = false;
  #parameterSets: Buffer | undefined;
  #size: PictureSize | null = null;

  constructor(limits: GopLimits = {}) {
    this.#maxBytes = limits.maxBytes ?? 16_000_000;
    this.#maxFrames = limits.maxFrames ?? 1200;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get frames(): number {
    return this.#frames.length;
  }

  get lastArrivalMs(): number | undefined {
    return this.#frames.at(-1)?.arrivalMs;
  }

  /** Starts a new group: what was held is dropped. Without parameter sets it couldn't be decoded, so it is not taken. */
  startGroup(
    keyframe: AccessUnit,
    arrivalMs: number,
    format: { parameterSets: Buffer; size: PictureSize | null },
  ): void {
    this.#frames = [];
    this.#bytes = 0;
    this.#isFull = false;
    this.#parameterSets = format.parameterSets;
    this.#size = format.size;
    this.#add(keyframe, arrivalMs);
  }

  /** Adds a frame that refers to the group; false where it was not taken. */
  append(unit: AccessUnit, arrivalMs: number): boolean {
    if (this.#frames.length === 0 || this.#isFull) return false;
    if (this.#bytes + unit.data.length > this.#maxBytes || this.#frames.length >= this.#maxFrames) {
      this.#isFull = true;
      return false;
    }
    this.#add(unit, arrivalMs);
    return true;
  }

  /** What is held, in memory of its own that may be given to another thread. */
  snapshot(): Gop | undefined {
    const first = this.#frames[0];
    const last = this.#frames.at(-1);
    if (first === undefined || last === undefined || this.#parameterSets === undefined) return undefined;
    return {
      codec: 'h264',
      data: join([this.#parameterSets, ...this.#frames.map((frame) => frame.data)]),
      frames: this.#frames.length,
      lastArrivalMs: last.arrivalMs,
      keyArrivalMs: first.arrivalMs,
      width: this.#size?.width ?? null,
      height: this.#size?.height ?? null,
    };
  }

  #add(unit: AccessUnit, arrivalMs: number): void {
    this.#frames.push({ data: unit.data, arrivalMs });
    this.#bytes += unit.data.length;
  }
}

/** Not Buffer.concat: that may take from the shared pool, which can't be transferred. */
function join(parts: Buffer[]): Buffer {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

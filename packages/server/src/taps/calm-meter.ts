import { createHash } from 'node:crypto';
import type { AccessUnit } from './h264.ts';

/**
 * What makes a stream suspect of showing the same picture again and again, told from its packets alone.
 * `tiny`: its frames between keyframes have hardly anything in them. `repeating`: the very same coded keyframe
 * came again and again; with that, a frozen picture shows also where the bitrate's limit keeps the frames between
 * big, for they then refine it. Neither is proof: a denoised camera in a still room has tiny frames, and a played
 * loop repeats.
 */
export type Calm = 'tiny' | 'repeating';

const CALM_SECONDS = 5;
/** Frozen pictures measured 20 to 60 bytes a frame, 200 in 16 slices; this is above the latter. */
const TINY_BYTES = 300;
/** The first frame after a keyframe may refine it: frozen pictures measured up to 0.25 % in the mean at 30 a second. */
const TINY_PART = 0.01;
/** A longer pause is a stall, which is told elsewhere. */
const STALL_MS = 2000;
const REMEMBERED_KEYFRAMES = 40;
const REPEATING_MS = 5000;
/** Near its limit an encoder varies the quality, so that equal keyframes come seconds apart. */
const REPEAT_WITHIN_MS = 10_000;

export class CalmMeter {
  #tiny = new TinyMeter();
  #repeats = new RepeatMeter();

  /** Takes each frame as it arrives; says what the stream looks like now. */
  add(unit: AccessUnit, nowMs: number): Calm | null {
    if (unit.isKeyframe) this.#repeats.add(unit.data, nowMs);
    const wasTiny = this.#tiny.isTiny;
    this.#tiny.add(unit, nowMs);
    if (this.#tiny.isTiny) return 'tiny';
    // What grows after it was tiny moves again; repetitions from before must not say otherwise.
    if (wasTiny) this.#repeats.forget();
    return this.#repeats.isRepeating(nowMs) ? 'repeating' : null;
  }
}

/** Whether each of the last seconds had tiny frames; it ends within the second in which they grow. */
class TinyMeter {
  #seconds = 0;
  #startMs = 0;
  #lastMs = 0;
  #bytes = 0;
  #frames = 0;
  #framesBefore = 1;
  #limitBytes = TINY_BYTES;

  get isTiny(): boolean {
    return this.#seconds >= CALM_SECONDS;
  }

  add(unit: AccessUnit, nowMs: number): void {
    if (nowMs - this.#lastMs > STALL_MS) this.#startSecond(nowMs, 0);
    else if (nowMs - this.#startMs >= 1000) this.#endSecond(nowMs);
    this.#lastMs = nowMs;
    if (unit.isKeyframe) {
      this.#limitBytes = Math.max(TINY_BYTES, unit.data.length * TINY_PART);
      return;
    }
    this.#frames += 1;
    this.#bytes += unit.data.length;
    if (this.#bytes > this.#limitBytes * Math.max(this.#frames, this.#framesBefore)) this.#seconds = 0;
  }

  #endSecond(nowMs: number): void {
    const isTiny = this.#frames > 0 && this.#bytes <= this.#limitBytes * this.#frames;
    this.#framesBefore = this.#frames;
    this.#startSecond(nowMs, isTiny ? this.#seconds + 1 : 0);
  }

  #startSecond(nowMs: number, seconds: number): void {
    this.#seconds = seconds;
    this.#startMs = nowMs;
    this.#bytes = 0;
    this.#frames = 0;
  }
}

/** Whether keyframes came that are byte for byte like one before, again and again for some seconds. */
class RepeatMeter {
  #digests: string[] = [];
  #sinceMs = 0;
  #lastMs = -Infinity;

  add(data: Buffer, nowMs: number): void {
    const digest = createHash('sha1').update(fromPicture(data)).digest('base64');
    if (this.#digests.includes(digest)) {
      if (nowMs - this.#lastMs > REPEAT_WITHIN_MS) this.#sinceMs = nowMs;
      this.#lastMs = nowMs;
    }
    this.#digests.push(digest);
    if (this.#digests.length > REMEMBERED_KEYFRAMES) this.#digests.shift();
  }

  isRepeating(nowMs: number): boolean {
    return nowMs - this.#lastMs <= REPEAT_WITHIN_MS && this.#lastMs - this.#sinceMs >= REPEATING_MS;
  }

  forget(): void {
    this.#lastMs = -Infinity;
  }
}

/** Without what stands before the picture: cameras put the time there. */
function fromPicture(annexB: Buffer): Buffer {
  for (let at = annexB.indexOf(START_CODE); at !== -1; at = annexB.indexOf(START_CODE, at + 3))
    if (((annexB[at + 3] ?? 0) & 0x1f) === 5) return annexB.subarray(at);
  return annexB;
}

const START_CODE = Buffer.from([0, 0, 1]);

import type { CameraReason } from '@mediamtx-camera-service/protocol';
import type { CaptureState } from '../capture/capture.ts';
import type { VideoMode } from '../devices/device.ts';
import type { CameraRow, LearnedModes } from '../store/cameras.ts';
import type { Explanation } from './camera-state.ts';
import { hasLowerMode } from './capture-source.ts';
import { RateCheck } from './rate-check.ts';
import type { Failure } from './recovery.ts';

/** A failed run of capture. */
export interface FailedRun extends Failure {
  /** Frames that it gave. */
  frames: number;
}

export interface ModeTrialDeps {
  row: () => CameraRow;
  mode: () => VideoMode;
  /** Keeps what was learned, and takes the mode that follows from it. */
  learn: (learned: LearnedModes) => void;
}

/** A lower mode must be this much faster, or it is no cure: the camera's own rate it is (darkness, long exposure). */
const worthwhile = 1.2;
/** A frame more or less at either end of the four seconds in which a starving mode is measured. */
const countingErrorFps = 0.5;
/** These speak of the mode; the others may as well be a device that answers nothing. */
const reasonsOfModes: readonly CameraReason[] = ['bandwidth', 'refused_mode', 'out_of_memory'];

/**
 * Tries out the mode that was chosen: the real rate of every run is measured, and a mode that starves or fails gives way
 * to the next lower one. What was learned is kept with the camera, until its settings or its port change.
 */
export class ModeTrial {
  readonly #deps: ModeTrialDeps;
  #run: { startedAt: number | undefined; check: RateCheck } | undefined;
  /** The mode from which it stepped down, and the rate in it, to see whether that helped. */
  #starved: { mode: VideoMode; fps: number } | undefined;
  /** The mode that was last seen to give frames for a while. */
  #provenMode: VideoMode | undefined;

  constructor(deps: ModeTrialDeps) {
    this.#deps = deps;
  }

  /** Why the mode or its rate isn't the wanted one, in words; null where it is. */
  get reason(): string | null {
    const { failed, ownRate } = this.#deps.row().learned;
    if (ownRate !== null) return `the camera gives ${ownRate} of ${this.#deps.mode().fps} frames a second`;
    return failed.at(-1)?.reason ?? null;
  }

  get note(): Explanation | undefined {
    const { reason } = this;
    return reason === null ? undefined : { code: 'starved', detail: reason };
  }

  /** Takes a report of frames; whether capture must be started again, in another mode. */
  noteFrames({ startedAt, frames }: CaptureState, nowMs = performance.now()): boolean {
    // A test camera gives what the machine gives, and another mode is no better.
    if (this.#deps.row().kind === 'test') return false;
    if (this.#run === undefined || this.#run.startedAt !== startedAt)
      this.#run = { startedAt, check: new RateCheck(this.#deps.mode().fps) };
    const measured = this.#run.check.take(frames, nowMs);
    if (measured === undefined) return false;
    this.#provenMode = this.#deps.mode();
    return measured.isStarved ? this.#noteStarved(measured.fps) : this.#noteEnough();
  }

  /** Steps down after a failure, unless the mode is known to work and so can't be what failed. */
  blame({ code, detail, frames }: FailedRun): void {
    const isProven = isSameMode(this.#provenMode, this.#deps.mode());
    if (isProven && frames === 0 && !reasonsOfModes.includes(code)) return;
    this.stepDown(detail);
  }

  /** Passes over the present mode from now on; false where there is no lower one. */
  stepDown(reason: string): boolean {
    const { row, mode, learn } = this.#deps;
    const present = row();
    if (!hasLowerMode(present, mode())) return false;
    const { pixelFormat, width, height, fps } = mode();
    const words = `${pixelFormat} ${width}x${height} at ${fps} a second is passed over: ${reason}`;
    learn({
      ...present.learned,
      failed: [...present.learned.failed, { pixelFormat, width, height, fps, reason: words }],
    });
    return true;
  }

  #noteStarved(fps: number): boolean {
    const { learned } = this.#deps.row();
    if (learned.ownRate !== null) {
      if (learned.ownRate !== fps) this.#deps.learn({ ...learned, ownRate: fps });
      return false;
    }
    // Other settings or another port forget the modes that failed, and so what they gave.
    const before = learned.failed.length > 0 ? this.#starved : undefined;
    if (before !== undefined && fps < before.fps * worthwhile + countingErrorFps)
      return this.#takeAsOwnRate(fps, before.mode);
    const mode = this.#deps.mode();
    this.#starved = { mode, fps };
    if (this.stepDown(`it gave ${fps} of ${mode.fps} frames a second`)) return true;
    this.#starved = undefined;
    this.#deps.learn({ ...learned, ownRate: fps });
    return false;
  }

  /** The lower mode did not help, so the one before is as good; those before that one are not. */
  #takeAsOwnRate(fps: number, before: VideoMode): boolean {
    this.#starved = undefined;
    const { learned } = this.#deps.row();
    this.#deps.learn({
      ...learned,
      failed: learned.failed.filter((mode) => !isSameMode(mode, before)),
      ownRate: fps,
    });
    return true;
  }

  #noteEnough(): boolean {
    this.#starved = undefined;
    const { learned } = this.#deps.row();
    if (learned.ownRate !== null) this.#deps.learn({ ...learned, ownRate: null });
    return false;
  }
}

function isSameMode(a: VideoMode | undefined, b: VideoMode): boolean {
  return a !== undefined && keyOf(a) === keyOf(b);
}

function keyOf({ pixelFormat, width, height, fps }: VideoMode): string {
  return [pixelFormat, width, height, fps].join(' ');
}

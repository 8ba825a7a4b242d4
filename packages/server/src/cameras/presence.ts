import type { DeviceCandidate, DeviceProblem } from '../devices/device.ts';
import type { Explanation } from './camera-state.ts';
import { FlapDetector } from './flapping.ts';

export interface PresenceDeps {
  /** Whether losing it may be a bad plug; a test camera has none. */
  hasPlug: boolean;
  now: () => number;
  /** It is told as flapping no more. */
  onSteady: () => void;
}

const lookedAt: DeviceProblem = {
  status: 'PROBING',
  code: 'probing',
  reason: 'the camera is being looked at',
};

/** Whether a camera's device is there, what is wrong with it, and whether it comes and goes too often. */
export class Presence {
  readonly #deps: PresenceDeps;
  readonly #flaps: FlapDetector;
  #isPresent = false;
  #problem: DeviceProblem | null = lookedAt;
  #steadyTimer: NodeJS.Timeout | undefined;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
    this.#flaps = new FlapDetector({ now: deps.now });
  }

  get isPresent(): boolean {
    return this.#isPresent;
  }

  get problem(): DeviceProblem | null {
    return this.#problem;
  }

  /** There, and it answers, or may. */
  get isUsable(): boolean {
    return this.#isPresent && this.#problem?.status !== 'ERROR';
  }

  get isFlapping(): boolean {
    return this.#flaps.isFlapping;
  }

  /** What a person should know of it; undefined where nothing is amiss. */
  get note(): Explanation | undefined {
    if (!this.#flaps.isFlapping) return undefined;
    return { code: 'flapping', detail: `the camera comes and goes: ${this.#flaps.detail}` };
  }

  /** Takes what was found; whether that is news. */
  appear({ problem }: Pick<DeviceCandidate, 'problem'>): boolean {
    const isNews = !this.#isPresent || this.#problem?.reason !== problem?.reason;
    this.#isPresent = true;
    this.#problem = problem;
    return isNews;
  }

  /** Whether that is news. */
  disappear(): boolean {
    if (!this.#isPresent && this.#problem === null) return false;
    if (this.#isPresent && this.#deps.hasPlug) this.#noteLoss();
    this.#isPresent = false;
    this.#problem = null;
    return true;
  }

  stop(): void {
    clearTimeout(this.#steadyTimer);
  }

  #noteLoss(): void {
    this.#flaps.noteLoss();
    clearTimeout(this.#steadyTimer);
    if (!this.#flaps.isFlapping) return;
    this.#steadyTimer = setTimeout(this.#deps.onSteady, this.#flaps.steadyInMs + 1);
    this.#steadyTimer.unref();
  }
}

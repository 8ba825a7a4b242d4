import type { PictureVerdict } from '../pictures/index.ts';

export interface PictureCareDeps {
  /** A still picture is what this camera sees. */
  isStillNormal: () => boolean;
  learnStillNormal: (isStillNormal: boolean) => void;
  /** Starts capture anew. */
  restart: () => void;
}

// Once for the capture, and once more for a device that needed it.
const maxRestarts = 2;

/**
 * What is done about a picture that stands still. Capture is started anew, which mends a driver that hangs; if the
 * picture then moves, that was it. If it stays still and later moves by itself, the camera simply sees a still scene, as
 * a grabber of slides does: it is told, and never started anew for that again.
 */
export class PictureCare {
  readonly #deps: PictureCareDeps;
  #condition: 'frozen' | 'black' | undefined;
  #restarts = 0;
  #isRestarting = false;

  constructor(deps: PictureCareDeps) {
    this.#deps = deps;
  }

  get condition(): 'frozen' | 'black' | undefined {
    return this.#condition;
  }

  take(verdict: PictureVerdict): void {
    this.#condition = verdict === 'ok' ? undefined : verdict;
    if (verdict === 'ok') this.#noteMoving();
    if (verdict === 'frozen') this.#noteFrozen();
  }

  /** The picture ended, by a restart of ours or otherwise: what was seen in it says nothing of the next. */
  noteEnd(): void {
    this.#condition = undefined;
  }

  #noteFrozen(): void {
    this.#isRestarting = false;
    if (this.#deps.isStillNormal() || this.#restarts >= maxRestarts) return;
    this.#restarts++;
    this.#isRestarting = true;
    this.#deps.restart();
  }

  #noteMoving(): void {
    const wasFutile = this.#restarts > 0 && !this.#isRestarting;
    this.#restarts = 0;
    this.#isRestarting = false;
    if (wasFutile && !this.#deps.isStillNormal()) this.#deps.learnStillNormal(true);
  }
}

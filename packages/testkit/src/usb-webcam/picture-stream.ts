import type { WebcamFault } from './faults.ts';
import { FrameMaker } from './frame-maker.ts';
import type { WebcamMode } from './negotiation.ts';
import type { PictureOptions } from './numbered-picture.ts';
import { PayloadQueue } from './payloads.ts';

const NUMBERS = 65_536;
/** Farther behind than this, it leaves out what it missed instead of making up for it. */
const MAX_LAG_MS = 1000;

/**
 * The running stream: one frame a tick, from the commit until the host stops it.
 * Frame `n` has the number floor(Unix time of the start * fps) + n, modulo 65536, as the product's test cameras; a
 * frame that is left out or lost keeps its number, so that the gap shows.
 */
export class PictureStream {
  readonly payloads = new PayloadQueue();
  readonly #tint: PictureOptions['tint'];
  readonly #fault: () => WebcamFault;
  #timer: NodeJS.Timeout | undefined;
  #mode: WebcamMode | undefined;
  #number = 0;

  constructor(tint: PictureOptions['tint'], fault: () => WebcamFault) {
    this.#tint = tint;
    this.#fault = fault;
  }

  /** What it streams in; undefined while it does not. */
  get mode(): WebcamMode | undefined {
    return this.#mode;
  }

  /** The number of the latest frame that was made, sent or not. */
  get frameNumber(): number {
    return this.#number;
  }

  start(mode: WebcamMode): void {
    this.stop();
    this.#mode = mode;
    const maker = new FrameMaker(mode, this.#tint);
    const intervalMs = 1000 / mode.fps;
    let count = Math.floor(Date.now() / intervalMs);
    let dueMs = performance.now();
    const tick = (): void => {
      this.#number = count % NUMBERS;
      count += 1;
      const frame = maker.make(this.#number, this.#fault());
      if (frame) this.payloads.send(frame);
      dueMs += intervalMs;
      const now = performance.now();
      const missed = dueMs + MAX_LAG_MS < now ? Math.floor((now - dueMs) / intervalMs) : 0;
      count += missed;
      dueMs += missed * intervalMs;
      this.#timer = setTimeout(tick, Math.max(0, dueMs - now));
    };
    this.#timer = setTimeout(tick, 0);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#mode = undefined;
    this.payloads.clear();
  }
}

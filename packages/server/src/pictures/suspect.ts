import { delay } from '../process/delay.ts';
import type { LumaFrame, Luma } from '../stills/index.ts';
import type { Calm } from '../taps/index.ts';
import { isAlikePicture, isBlackPicture, isSamePicture } from './compare-luma.ts';

export type PictureVerdict = 'ok' | 'frozen' | 'black';

/** Anything that moves is elsewhere by then; no whole seconds, as a played loop often lasts. */
const FIRST_WAIT_MS = 2400;
const WAITS_MS = [5400, 10_400, 20_400, 60_400];
const LAST_WAIT = WAITS_MS.length - 1;
/** A stream that was found innocent so recently goes on with its long waits. */
const ACQUITTED_MS = 60_000;

export interface Look {
  luma: Luma;
  /** When the keyframe had arrived, epoch ms; tells one GOP from another. */
  keyArrivalMs: number;
}

export interface SuspectDeps {
  /** Decodes the newest keyframe or frame; undefined where there is none. Rejects where it can't be decoded. */
  look: (frame: LumaFrame, signal: AbortSignal) => Promise<Look | undefined>;
  onVerdict: (verdict: PictureVerdict) => void;
  onFailure: (error: unknown) => void;
  /** Waits, for tests; default the real clock. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * One live camera. While its packets are calm, pictures are looked at by a back-off, each compared with the one
 * before; as soon as they aren't, the picture is ok again without a look.
 */
export class Suspect {
  #deps: SuspectDeps;
  #wait: (ms: number, signal: AbortSignal) => Promise<void>;
  #calm: Calm | null = null;
  #verdict: PictureVerdict = 'ok';
  #abort: AbortController | undefined;
  #round = 0;
  #endedAtMs = 0;

  constructor(deps: SuspectDeps) {
    this.#deps = deps;
    this.#wait = deps.wait ?? delay;
  }

  get verdict(): PictureVerdict {
    return this.#verdict;
  }

  follow(calm: Calm | null): void {
    this.#calm = calm;
    if (calm === null) this.#end();
    else if (this.#abort === undefined) this.#begin();
  }

  /** Ends looking and tells nothing any more. Idempotent. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = undefined;
  }

  #begin(): void {
    if (Date.now() - this.#endedAtMs > ACQUITTED_MS) this.#round = 0;
    this.#abort = new AbortController();
    void this.#watch(this.#abort.signal);
  }

  #end(): void {
    if (this.#abort === undefined) return;
    this.stop();
    if (this.#verdict === 'ok') this.#endedAtMs = Date.now();
    this.#tell('ok');
  }

  async #watch(signal: AbortSignal): Promise<void> {
    if (this.#round > 0) await this.#wait(this.#takeWaitMs(), signal);
    let last: (Look & { calm: Calm }) | undefined;
    let waitMs = FIRST_WAIT_MS;
    while (!signal.aborted) {
      const calm = this.#calm ?? 'tiny';
      const look = await this.#look(calm, signal);
      if (signal.aborted) return;
      let needsAnother = false;
      // A group as long as the wait would be compared with itself.
      if (look !== undefined && look.keyArrivalMs !== last?.keyArrivalMs) {
        const verdict = judge(look.luma, last?.calm === calm ? last.luma : undefined, calm);
        // After a long wait it may be a loop's same part again, or the picture may have moved in between.
        const isHasty = verdict === 'frozen' && this.#verdict !== 'frozen' && waitMs > FIRST_WAIT_MS;
        needsAnother = verdict === undefined || isHasty;
        if (verdict !== undefined && !isHasty) this.#tell(verdict);
        last = { ...look, calm };
      }
      waitMs = needsAnother ? FIRST_WAIT_MS : this.#takeWaitMs();
      await this.#wait(waitMs, signal);
    }
  }

  async #look(calm: Calm, signal: AbortSignal): Promise<Look | undefined> {
    try {
      // Keyframes stand at even distances, as parts of a loop may; the newest frame is one by chance.
      return await this.#deps.look(calm === 'tiny' ? 'keyframe' : 'newest', signal);
    } catch (error) {
      if (!signal.aborted) this.#deps.onFailure(error);
      return undefined;
    }
  }

  #tell(verdict: PictureVerdict): void {
    if (verdict === this.#verdict) return;
    this.#verdict = verdict;
    this.#round = 0;
    this.#deps.onVerdict(verdict);
  }

  #takeWaitMs(): number {
    const waitMs = WAITS_MS[this.#round] ?? 0;
    this.#round = Math.min(this.#round + 1, LAST_WAIT);
    return waitMs;
  }
}

/** Undefined where it takes a second picture to tell. */
function judge(luma: Luma, last: Luma | undefined, calm: Calm): PictureVerdict | undefined {
  if (isBlackPicture(luma)) return 'black';
  if (last === undefined) return undefined;
  const isFrozen = calm === 'tiny' ? isSamePicture(luma, last) : isAlikePicture(luma, last);
  return isFrozen ? 'frozen' : 'ok';
}

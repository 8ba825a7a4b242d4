import type { Logger } from 'pino';
import { type LumaFrame, decodeLuma } from '../stills/index.ts';
import type { TapPool } from '../taps/index.ts';
import { type Look, type PictureVerdict, Suspect } from './suspect.ts';

export interface PictureWatchDeps {
  taps: Pick<TapPool, 'latest' | 'onCalm' | 'calmOf'>;
  /** The ffmpeg for short runs. */
  ffmpeg: () => string;
  /** Called at each change; a camera is `ok` until told otherwise. */
  onVerdict: (device: string, verdict: PictureVerdict) => void;
  log: Pick<Logger, 'debug'>;
}

const DECODE_TIMEOUT_MS = 5000;

/**
 * Tells where a live camera's picture is frozen or black. Only a camera whose packets make it suspect (`Calm`) is
 * looked at, by decoding one frame now and then; one decoder runs at a time in the whole service.
 * A static slide of a grabber is told as frozen as well: what that means is for the caller to judge.
 */
export class PictureWatch {
  #deps: PictureWatchDeps;
  #suspects = new Map<string, Suspect>();
  #turn: Promise<unknown> = Promise.resolve();
  #endListening: () => void;

  constructor(deps: PictureWatchDeps) {
    this.#deps = deps;
    this.#endListening = deps.taps.onCalm((name, calm) => this.#suspects.get(name)?.follow(calm));
  }

  /** From here on the camera is live; without effect where it was already. */
  start(device: string): void {
    if (this.#suspects.has(device)) return;
    const suspect = new Suspect({
      look: (frame, signal) => this.#inTurn(() => this.#look(device, frame, signal)),
      onVerdict: (verdict) => this.#deps.onVerdict(device, verdict),
      onFailure: (error) => this.#deps.log.debug({ device, err: error }, 'a suspect picture was not decoded'),
    });
    this.#suspects.set(device, suspect);
    suspect.follow(this.#deps.taps.calmOf(device));
  }

  /** The camera isn't live any more: its verdict is forgotten, and nothing is told. Idempotent. */
  stop(device: string): void {
    this.#suspects.get(device)?.stop();
    this.#suspects.delete(device);
  }

  verdictOf(device: string): PictureVerdict {
    return this.#suspects.get(device)?.verdict ?? 'ok';
  }

  /** Stops all; resolves when no decoder runs any more. Idempotent. */
  async close(): Promise<void> {
    this.#endListening();
    for (const device of this.#suspects.keys()) this.stop(device);
    await this.#turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    // Whoever waits for it hears of its failure.
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #look(device: string, frame: LumaFrame, signal: AbortSignal): Promise<Look | undefined> {
    const gop = await this.#deps.taps.latest(device, { timeoutMs: 0, signal });
    if (gop === undefined || signal.aborted) return undefined;
    const ffmpeg = this.#deps.ffmpeg();
    const luma = await decodeLuma(gop, frame, { ffmpeg, timeoutMs: DECODE_TIMEOUT_MS, signal });
    return { luma, keyArrivalMs: gop.keyArrivalMs };
  }
}

import { Store } from '../store.ts';
import { texts } from '../texts.ts';
import {
  delay,
  PlaybackError,
  rejectOnAbort,
  type Playback,
  type PlaybackStats,
  type Player,
  type Transport,
} from './player.ts';

export type LiveState =
  | { phase: 'off' }
  /** `reason`: why the try before this one ended; null at the first. */
  | { phase: 'connecting'; reason: string | null }
  /** `fallbackReason`: why it isn't WebRTC. */
  | { phase: 'playing'; transport: Transport; fallbackReason: string | null };

interface LiveViewDeps {
  webRtc: Player;
  hls: Player;
}

export interface Stage {
  element: HTMLVideoElement;
  /** While the service can't be reached there is no use in trying. */
  isServiceReachable: () => boolean;
  /** Its picture has ended at the server, so there is no session that could be ended there. */
  isSessionGone: () => boolean;
  /** The element still shows its last frame: the moment to keep it. */
  onPictureLost: (element: HTMLVideoElement, frozenMs: number) => void;
}

interface PlayContext {
  stage: Stage;
  signal: AbortSignal;
  fallbackReason: string | null;
}

const retryMs = 1_000;
const reachableCheckMs = 200;

/** A tile's picture: WebRTC first, LL-HLS where that gives none, and again from the start when what ran has ended. */
export class LiveView extends Store<LiveState> {
  readonly #deps: LiveViewDeps;
  #controller: AbortController | undefined;
  #playback: Playback | undefined;
  #hurry = new AbortController();
  #renewal = new AbortController();

  constructor(deps: LiveViewDeps) {
    super({ phase: 'off' });
    this.#deps = deps;
  }

  stats(): PlaybackStats | undefined {
    return this.#playback?.stats();
  }

  start(stage: Stage): void {
    if (this.#controller) return;
    this.#controller = new AbortController();
    void this.#run(stage, this.#controller.signal);
  }

  /** Ends the session at once, so that it may be called in `pagehide`. */
  stop(): void {
    this.#controller?.abort();
    this.#controller = undefined;
    this.set({ phase: 'off' });
  }

  /** The picture is there again: a wait for the next try ends now. */
  hurry(): void {
    this.#hurry.abort();
  }

  /** The session that plays, or is about to, is known to have ended, sooner than its player can tell. */
  renew(): void {
    this.#renewal.abort(new PlaybackError(texts.why.streamEnded, { isStreamMissing: true }));
    this.hurry();
  }

  async #run(stage: Stage, signal: AbortSignal): Promise<void> {
    this.set({ phase: 'connecting', reason: null });
    while (!signal.aborted) {
      await this.#untilReachable(stage, signal);
      this.#hurry = new AbortController();
      const reason = await this.#tryBoth(stage, signal);
      if (signal.aborted) return;
      this.set({ phase: 'connecting', reason });
      await Promise.race([delay(retryMs, signal), rejectOnAbort(this.#hurry.signal).catch(() => undefined)]);
    }
  }

  async #untilReachable(stage: Stage, signal: AbortSignal): Promise<void> {
    while (!stage.isServiceReachable() && !signal.aborted) await delay(reachableCheckMs, signal);
  }

  /** @returns why it ended */
  async #tryBoth(stage: Stage, signal: AbortSignal): Promise<string> {
    const failure = await this.#play(this.#deps.webRtc, { stage, signal, fallbackReason: null });
    if (typeof failure === 'string') return failure;
    if (!stage.isServiceReachable()) return texts.why.serverAway;
    if (failure.isStreamMissing || signal.aborted) return failure.message;
    const second = await this.#play(this.#deps.hls, { stage, signal, fallbackReason: failure.message });
    return typeof second === 'string' ? second : failure.message;
  }

  /** @returns the reason of the end of a picture that ran, or the error where none came */
  async #play(
    player: Player,
    { stage, signal, fallbackReason }: PlayContext,
  ): Promise<string | PlaybackError> {
    const playback = player.start(stage.element);
    const renewal = new AbortController();
    this.#renewal = renewal;
    let frozenMs = 0;
    const stop = (): void => {
      if (this.get().phase === 'playing') stage.onPictureLost(stage.element, frozenMs);
      playback.stop({ isSessionGone: renewal.signal.aborted || stage.isSessionGone() });
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const cutOff = Promise.race([rejectOnAbort(signal), rejectOnAbort(renewal.signal)]);
      await Promise.race([playback.firstFrame, cutOff]);
      this.#playback = playback;
      this.set({ phase: 'playing', transport: playback.transport, fallbackReason });
      const ending = await Promise.race([playback.ended, cutOff]);
      ({ frozenMs } = ending);
      return ending.reason;
    } catch (error) {
      return error instanceof PlaybackError ? error : new PlaybackError(String(error), { cause: error });
    } finally {
      signal.removeEventListener('abort', stop);
      this.#playback = undefined;
      if (!signal.aborted) stop();
    }
  }
}

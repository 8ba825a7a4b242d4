/** What a player measured over its last second. */
export interface PlaybackStats {
  width: number;
  height: number;
  /** Frames a second. */
  fps: number;
  /** Bits a second; 0 while unknown. */
  bitrate: number;
  /** How far behind the service the picture is, as far as it can be measured here; null while unknown. */
  delayMs: number | null;
}

export type Transport = 'WebRTC' | 'LL-HLS';

export interface Ending {
  reason: string;
  /** How long before the end the last frame was shown. */
  frozenMs: number;
}

export function endingOf(reason: string, frozenMs = 0): Ending {
  return { reason, frozenMs };
}

/** One stream shown in one element, from start to end. */
export interface Playback {
  transport: Transport;
  /** Resolves when the first frame is on the screen; rejects with a PlaybackError. */
  firstFrame: Promise<void>;
  /** Resolves when a picture that ran comes no more. */
  ended: Promise<Ending>;
  /** The newest measurement, a second old at most; undefined before the first. */
  stats(): PlaybackStats | undefined;
  /** Safe more than once, and in `pagehide`; a session that is gone at the server is not asked to be ended there. */
  stop(options: { isSessionGone: boolean }): void;
}

export interface Player {
  /** Begins and returns; the element keeps its last frame after the end. */
  start(element: HTMLVideoElement): Playback;
}

export class PlaybackError extends Error {
  override readonly name = 'PlaybackError';
  /** The stream itself isn't there, so another transport would not get it either. */
  readonly isStreamMissing: boolean;

  constructor(
    message: string,
    { isStreamMissing = false, cause }: { isStreamMissing?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.isStreamMissing = isStreamMissing;
  }
}

/** Resolves when a frame of the element's source is presented. */
export function framePresented(element: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    element.requestVideoFrameCallback(() => resolve());
  });
}

export function rejectAfter(ms: number, message: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new PlaybackError(message)), ms);
  });
}

/** Waits; an abort ends the wait early and quietly. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Rejects when the signal aborts; for waits that have no other end. */
export function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

import { playWhep, WhepError, type WhepSession } from '@mediamtx-camera-service/client';
import { texts } from '../texts.ts';
import type { HeadStart } from './head-start.ts';
import {
  delay,
  endingOf,
  framePresented,
  PlaybackError,
  rejectAfter,
  rejectOnAbort,
  type Ending,
  type Playback,
  type PlaybackStats,
  type Player,
} from './player.ts';

/** A camera that is opened for its first viewer holds the answer back until it gives frames. */
const answerCapMs = 20_000;
/** From the answer on; two keyframe intervals and the handshake fit in. */
const firstFrameCapMs = 4_000;
const stallMs = 3_000;
const sampleMs = 1_000;
/** The offer itself was not to the server's liking; anything else is about the stream or the server. */
const offerRefused = new Set([400, 405, 406, 415, 501]);

export class WhepPlayer implements Player {
  readonly #url: string;
  readonly #headStart: HeadStart;

  constructor(url: string, headStart: HeadStart) {
    this.#url = url;
    this.#headStart = headStart;
  }

  start(element: HTMLVideoElement): Playback {
    const controller = new AbortController();
    const { signal } = controller;
    const giveUp = new PlaybackError(texts.why.notReady, { isStreamMissing: true });
    const cap = setTimeout(() => controller.abort(giveUp), answerCapMs);
    const opening = this.#headStart.take(this.#url, signal) ?? playWhep({ url: this.#url, signal });
    const session = opening.finally(() => clearTimeout(cap));
    let latest: PlaybackStats | undefined;
    let peer: RTCPeerConnection | undefined;
    return {
      transport: 'WebRTC',
      firstFrame: awaitFrame(session, element, signal),
      ended: session.then(
        (running) => {
          ({ peer } = running);
          return Promise.race([disconnected(peer), watch(running, signal, (stats) => (latest = stats))]);
        },
        () => endingOf(''),
      ),
      stats: () => latest,
      stop: ({ isSessionGone }) => {
        // A closed peer tells the session that there is nothing left to end.
        if (isSessionGone) peer?.close();
        controller.abort();
        clearTimeout(cap);
      },
    };
  }
}

async function awaitFrame(
  session: Promise<WhepSession>,
  element: HTMLVideoElement,
  signal: AbortSignal,
): Promise<void> {
  const running = await session.catch((error: unknown) => {
    throw asPlaybackError(error);
  });
  element.srcObject = running.stream;
  await Promise.race([
    framePresented(element),
    disconnected(running.peer).then(({ reason }) => {
      throw new PlaybackError(texts.why.webRtcFailed(reason));
    }),
    rejectAfter(firstFrameCapMs, texts.why.noFrame),
    rejectOnAbort(signal),
  ]);
}

/** `disconnected` may heal by itself; the stall watch tells when it does not. */
function disconnected(peer: RTCPeerConnection): Promise<Ending> {
  return new Promise((resolve) => {
    const check = (): void => {
      const { connectionState } = peer;
      if (connectionState === 'failed' || connectionState === 'closed')
        resolve(endingOf(texts.why.streamEnded));
    };
    peer.addEventListener('connectionstatechange', check);
    check();
  });
}

/** A killed server says nothing: bytes that stop coming are the only sign. A hidden page still receives them. */
async function watch(
  session: WhepSession,
  signal: AbortSignal,
  tell: (stats: PlaybackStats) => void,
): Promise<Ending> {
  let bytes = -1;
  let movedAt = performance.now();
  while (!signal.aborted) {
    const stats = await session.stats();
    if (stats.bytesReceived !== bytes) movedAt = performance.now();
    bytes = stats.bytesReceived;
    tell(stats);
    const frozenMs = performance.now() - movedAt;
    if (frozenMs > stallMs) {
      // A server that sends nothing has no session that a DELETE could end.
      session.peer.close();
      return endingOf(texts.why.stalled, frozenMs);
    }
    await delay(sampleMs, signal);
  }
  return endingOf(texts.why.streamEnded);
}

function asPlaybackError(error: unknown): PlaybackError {
  if (error instanceof PlaybackError) return error;
  if (!(error instanceof WhepError))
    return new PlaybackError(texts.why.notReady, { cause: error, isStreamMissing: true });
  if (error.status !== undefined) {
    const isStreamMissing = !offerRefused.has(error.status);
    return new PlaybackError(isStreamMissing ? texts.why.notReady : texts.why.webRtcFailed(error.message), {
      isStreamMissing,
      cause: error,
    });
  }
  const hasWebRtc = globalThis.RTCPeerConnection !== undefined;
  return new PlaybackError(hasWebRtc ? texts.why.webRtcFailed(error.message) : texts.why.noWebRtc, {
    cause: error,
  });
}

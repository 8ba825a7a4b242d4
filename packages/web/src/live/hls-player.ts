import type Hls from 'hls.js/light';
import { texts } from '../texts.ts';
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

/** The muxer may only begin now, and its first playlist takes a segment or two. */
const firstFrameCapMs = 15_000;
const stallMs = 8_000;
const sampleMs = 1_000;

interface Running {
  /** Resolves with the reason of an error that hls.js can't mend. */
  failed: Promise<string>;
  /** Bytes received so far; null where the browser plays HLS by itself and doesn't tell. */
  bytes(): number | null;
  /** Seconds behind the live edge. */
  latency(): number | null;
  destroy(): void;
}

/** LL-HLS by hls.js, which is fetched when the first tile needs it; by the browser itself where hls.js can't run. */
export class HlsPlayer implements Player {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  start(element: HTMLVideoElement): Playback {
    const controller = new AbortController();
    const { signal } = controller;
    element.srcObject = null;
    const running = this.#load(element, signal);
    let latest: PlaybackStats | undefined;
    return {
      transport: 'LL-HLS',
      firstFrame: awaitFrame(running, element, signal),
      ended: running.then(
        (loaded) =>
          Promise.race([
            loaded.failed.then((reason) => endingOf(reason)),
            watch(element, { running: loaded, signal, tell: (stats) => (latest = stats) }),
          ]),
        () => endingOf(''),
      ),
      stats: () => latest,
      stop: () => controller.abort(),
    };
  }

  async #load(element: HTMLVideoElement, signal: AbortSignal): Promise<Running> {
    const { default: HlsClass } = await import('hls.js/light');
    signal.throwIfAborted();
    const running = HlsClass.isSupported()
      ? runHls(HlsClass, this.#url, element)
      : runNative(this.#url, element);
    signal.addEventListener('abort', () => running.destroy(), { once: true });
    return running;
  }
}

function runHls(HlsClass: typeof Hls, url: string, element: HTMLVideoElement): Running {
  // The worker would be a blob, which the page's content policy forbids; one tile's remuxing is light.
  const hls = new HlsClass({
    lowLatencyMode: true,
    enableWorker: false,
    backBufferLength: 10,
    liveSyncDuration: 1,
  });
  let bytes = 0;
  hls.on(HlsClass.Events.FRAG_BUFFERED, (_event, { stats }) => {
    bytes += stats.loaded;
  });
  const failed = new Promise<string>((resolve) => {
    hls.on(HlsClass.Events.ERROR, (_event, { fatal, details }) => {
      if (fatal) resolve(details);
    });
  });
  hls.loadSource(url);
  hls.attachMedia(element);
  return { failed, bytes: () => bytes, latency: () => hls.latency, destroy: () => hls.destroy() };
}

function runNative(url: string, element: HTMLVideoElement): Running {
  element.src = url;
  const failed = new Promise<string>((resolve) => {
    element.addEventListener('error', () => resolve(element.error?.message ?? texts.why.streamEnded), {
      once: true,
    });
  });
  return { failed, bytes: () => null, latency: () => null, destroy: () => element.removeAttribute('src') };
}

async function awaitFrame(
  loading: Promise<Running>,
  element: HTMLVideoElement,
  signal: AbortSignal,
): Promise<void> {
  const running = await loading;
  await Promise.race([
    framePresented(element),
    running.failed.then((reason) => {
      throw new PlaybackError(reason);
    }),
    rejectAfter(firstFrameCapMs, texts.why.notReady),
    rejectOnAbort(signal),
  ]);
}

async function watch(
  element: HTMLVideoElement,
  { running, signal, tell }: { running: Running; signal: AbortSignal; tell: (stats: PlaybackStats) => void },
): Promise<Ending> {
  let last = { at: performance.now(), frames: 0, bytes: running.bytes() };
  let position = -1;
  let movedAt = last.at;
  while (!signal.aborted) {
    await delay(sampleMs, signal);
    const at = performance.now();
    const seconds = (at - last.at) / 1000;
    const frames = element.getVideoPlaybackQuality().totalVideoFrames;
    const bytes = running.bytes();
    const latency = running.latency();
    tell({
      width: element.videoWidth,
      height: element.videoHeight,
      fps: Math.max(0, Math.round((frames - last.frames) / seconds)),
      bitrate: bytes === null || last.bytes === null ? 0 : Math.round(((bytes - last.bytes) * 8) / seconds),
      delayMs: latency === null ? null : Math.round(latency * 1000),
    });
    last = { at, frames, bytes };
    if (element.currentTime !== position) movedAt = at;
    position = element.currentTime;
    // A hidden page may be slowed down; only a picture that is looked at can be seen to stand still.
    const frozenMs = at - movedAt;
    if (document.visibilityState === 'visible' && frozenMs > stallMs)
      return endingOf(texts.why.stalled, frozenMs);
  }
  return endingOf(texts.why.streamEnded);
}

import { useEffect, useRef, useState, useSyncExternalStore, type RefObject } from 'react';
import { HlsPlayer } from './hls-player.ts';
import { LiveView, type LiveState } from './live-view.ts';
import type { PlaybackStats } from './player.ts';
import { WhepPlayer } from './whep-player.ts';

interface LiveViewOptions {
  device: string;
  /** The tile can be seen and the camera is there. */
  isWanted: boolean;
  isServiceReachable: () => boolean;
  isMediaDown: () => boolean;
  onPictureLost: (element: HTMLVideoElement, frozenMs: number) => void;
}

export interface LivePicture {
  state: LiveState;
  stats: PlaybackStats | undefined;
  videoRef: RefObject<HTMLVideoElement | null>;
}

/** Runs a LiveView in a video element for as long as it is wanted. */
export function useLiveView(options: LiveViewOptions): LivePicture {
  const { device, isWanted } = options;
  const videoRef = useRef<HTMLVideoElement>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const [view] = useState(
    () =>
      new LiveView({
        webRtc: new WhepPlayer(`/media/${device}/whep`),
        hls: new HlsPlayer(`/media/${device}/hls/index.m3u8`),
      }),
  );
  useEffect(() => {
    if (!isWanted) return undefined;
    const start = (): void => {
      if (!videoRef.current) return;
      view.start({
        element: videoRef.current,
        isServiceReachable: () => latest.current.isServiceReachable(),
        isMediaDown: () => latest.current.isMediaDown(),
        onPictureLost: (element, frozenMs) => latest.current.onPictureLost(element, frozenMs),
      });
    };
    const stop = (): void => view.stop();
    start();
    window.addEventListener('pagehide', stop);
    // A page that comes back out of the back-forward cache.
    window.addEventListener('pageshow', start);
    return () => {
      window.removeEventListener('pagehide', stop);
      window.removeEventListener('pageshow', start);
      stop();
    };
  }, [view, isWanted]);
  const state = useSyncExternalStore(view.subscribe, view.get);
  return { state, stats: useStats(view, state.phase === 'playing'), videoRef };
}

function useStats(view: LiveView, isPlaying: boolean): PlaybackStats | undefined {
  const [stats, setStats] = useState<PlaybackStats>();
  useEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setInterval(() => setStats(view.stats()), 1000);
    return () => {
      clearInterval(timer);
      setStats(undefined);
    };
  }, [view, isPlaying]);
  return stats;
}

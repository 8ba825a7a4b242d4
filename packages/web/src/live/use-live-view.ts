import type { Camera } from '@mediamtx-camera-service/client';
import { useEffect, useRef, useState, useSyncExternalStore, type RefObject } from 'react';
import { useApp } from '../app-context.ts';
import { HlsPlayer } from './hls-player.ts';
import { LiveView, type LiveState } from './live-view.ts';
import type { PlaybackStats } from './player.ts';
import { WhepPlayer } from './whep-player.ts';

interface LiveViewOptions {
  device: string;
  cameraState: Camera['state'];
  /** The tile can be seen and the camera is there. */
  isWanted: boolean;
  isServiceReachable: () => boolean;
  isSessionGone: () => boolean;
  onPictureLost: (element: HTMLVideoElement, frozenMs: number) => void;
}

export interface LivePicture {
  state: LiveState;
  stats: PlaybackStats | undefined;
  videoRef: RefObject<HTMLVideoElement | null>;
}

/** Runs a LiveView in a video element for as long as it is wanted. */
export function useLiveView(options: LiveViewOptions): LivePicture {
  const { device, cameraState, isWanted } = options;
  const { headStart } = useApp();
  const videoRef = useRef<HTMLVideoElement>(null);
  const latest = useRef(options);
  const isLeaving = useRef(false);
  useEffect(() => {
    latest.current = options;
  });
  const [view] = useState(
    () =>
      new LiveView({
        webRtc: new WhepPlayer(`/media/${device}/whep`, headStart),
        hls: new HlsPlayer(`/media/${device}/hls/index.m3u8`),
      }),
  );
  useEffect(() => {
    if (!isWanted) return undefined;
    const start = (): void => {
      isLeaving.current = false;
      if (!videoRef.current) return;
      view.start({
        element: videoRef.current,
        isServiceReachable: () => latest.current.isServiceReachable(),
        isSessionGone: () => latest.current.isSessionGone(),
        // A page on its way out may not load a picture any more.
        onPictureLost: (element, frozenMs) => {
          if (!isLeaving.current) latest.current.onPictureLost(element, frozenMs);
        },
      });
    };
    const leave = (): void => {
      isLeaving.current = true;
      view.stop();
    };
    start();
    window.addEventListener('pagehide', leave);
    // A page that comes back out of the back-forward cache.
    window.addEventListener('pageshow', start);
    return () => {
      window.removeEventListener('pagehide', leave);
      window.removeEventListener('pageshow', start);
      view.stop();
    };
  }, [view, isWanted]);
  const stateBefore = useRef(cameraState);
  useEffect(() => {
    // The service knows of the end and of the return sooner than a player can.
    const hasChanged = stateBefore.current !== cameraState;
    stateBefore.current = cameraState;
    if (hasChanged && cameraState === 'recovering') view.renew();
    if (hasChanged && cameraState === 'live') view.hurry();
  }, [view, cameraState]);
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

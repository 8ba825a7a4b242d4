import { useEffect, useRef, useState } from 'react';
import { isMediaDown, isReachable, type CameraView } from '../app-state.ts';
import { useApp, useAppState } from '../app-context.ts';
import { texts } from '../texts.ts';
import styles from './camera-tile.module.css';
import { hasEnded, isWatchable } from './standing.ts';
import { TileBanner } from './tile-banner.tsx';
import { TileControls } from './tile-controls.tsx';
import { TileFacts } from './tile-facts.tsx';
import { TileMessage } from './tile-message.tsx';
import { TileNotices } from './tile-notices.tsx';
import { TileTitle } from './tile-title.tsx';
import topStyles from './tile-top.module.css';
import { useLiveView } from './use-live-view.ts';
import { useStill, useStillAge } from './use-still.ts';
import { useOnScreen, usePageWatched } from './use-visible.ts';

interface CameraTileProps {
  camera: CameraView;
  isFull: boolean;
  isHidden: boolean;
  onToggleFull: (device: string) => void;
  onOpenDetails: (device: string) => void;
}

/** A live picture comes within this; only a still that is looked at for longer gets its age. */
const blinkMs = 1_200;

/** One camera: its still at once, the moving picture over it, or in words why there is none. */
export function CameraTile({ camera, isFull, isHidden, onToggleFull, onOpenDetails }: CameraTileProps) {
  const { store, actions } = useApp();
  const { device, name } = camera;
  const tileRef = useRef<HTMLElement>(null);
  const isSeen = useOnScreen(tileRef) && !isHidden;
  const isWatched = usePageWatched();
  const isDown = useAppState(isMediaDown);
  const isWanted = isSeen && isWatched && isWatchable(camera) && !isDown;
  const isPatient = usePatience();
  const still = useStill(device);
  const { state, stats, videoRef } = useLiveView({
    device,
    cameraState: camera.state,
    isWanted,
    isServiceReachable: () => isReachable(store.get()),
    isSessionGone: () => {
      const now = store.cameraOf(device);
      return now === undefined || hasEnded(now) || isMediaDown(store.get());
    },
    onPictureLost: still.keepFrame,
  });
  const isLive = state.phase === 'playing';
  useStillAge(device, still, !isLive && isPatient);
  useEffect(() => {
    if (isLive) store.patch({ isSettled: true });
  }, [isLive, store]);
  const flashes = useAppState((app) => app.flashes[device] ?? 0);
  const isOperator = useAppState(({ role }) => role !== 'viewer');

  return (
    <figure
      ref={tileRef}
      className={styles.tile}
      aria-label={name}
      data-device={device}
      data-live={isLive || undefined}
      data-full={isFull || undefined}
      hidden={isHidden}
      tabIndex={0}
      onDoubleClick={({ target }) => {
        if (target instanceof Element && target.closest('button, input') === null) onToggleFull(device);
      }}
    >
      <video
        ref={videoRef}
        className={styles.video}
        aria-label={texts.livePictureOf(name)}
        muted
        playsInline
        autoPlay
        disableRemotePlayback
      />
      {still.src !== null && (
        <img
          className={styles.still}
          src={still.src}
          alt={isLive ? '' : texts.lastPictureOf(name)}
          aria-hidden={isLive}
          onError={still.onError}
          fetchPriority="high"
        />
      )}
      {flashes > 0 && <span key={flashes} className={styles.flash} aria-hidden="true" />}
      <TileMessage camera={camera} state={state} isMediaDown={isDown} />
      <div className={styles.bottom}>
        <TileTitle camera={camera} state={state} hasControls={isOperator} />
        <TileFacts state={state} stats={stats} still={still} />
        <TileControls
          camera={camera}
          isOperator={isOperator}
          isFull={isFull}
          onToggleFull={() => onToggleFull(device)}
          onSnapshot={() => void actions.takeSnapshot(device)}
          onOpenDetails={() => onOpenDetails(device)}
        />
      </div>
      <div className={topStyles.top}>
        <TileBanner camera={camera} isLive={isLive} onOpenDetails={() => onOpenDetails(device)} />
        <TileNotices device={device} />
      </div>
    </figure>
  );
}

function usePatience(): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), blinkMs);
    return () => clearTimeout(timer);
  }, []);
  return isOver;
}

import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import type { CameraView } from '../app-state.ts';
import styles from './camera-panel.module.css';
import { panelTexts } from './texts.ts';

/** Where the panel covers the pictures, its camera's is shown in it: the tile's own stream, without a second session. */
export function PanelPicture({ camera }: { camera: CameraView }) {
  const isCovering = useMediaQuery('(max-width: 999px)', false, { getInitialValueInEffect: false });
  return isCovering ? <MirroredPicture camera={camera} /> : null;
}

function MirroredPicture({ camera: { device, name } }: { camera: CameraView }) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const tile = document.querySelector<HTMLVideoElement>(`figure[data-device="${device}"] video`);
    if (!tile) return undefined;
    const follow = (): void => {
      if (ref.current) ref.current.srcObject = tile.srcObject;
    };
    follow();
    tile.addEventListener('playing', follow);
    return () => tile.removeEventListener('playing', follow);
  }, [device]);
  return (
    <div className={styles.pinned}>
      <video
        ref={ref}
        className={styles.video}
        aria-label={panelTexts.pictureOf(name)}
        muted
        autoPlay
        playsInline
        disableRemotePlayback
      />
    </div>
  );
}

import type { CameraView } from '../app-state.ts';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import type { LiveState } from './live-view.ts';
import styles from './camera-tile.module.css';

interface TileMessageProps {
  camera: CameraView;
  state: LiveState;
  /** When the still on the screen was taken; null while unknown. */
  capturedAt: number | null;
  hasStill: boolean;
}

/** Why there is no moving picture, what happens next, and how old the still is. */
export function TileMessage({ camera, state, capturedAt, hasStill }: TileMessageProps) {
  const isLive = state.phase === 'playing' && camera.status === 'CONNECTED';
  const now = useNow(!isLive);
  if (isLive) return null;
  const reason = reasonOf(camera, state, now);
  const age = hasStill ? capturedAt !== null && texts.pictureFrom(now - capturedAt) : texts.noPictureYet;
  if (reason === null && !age) return null;
  return (
    <div className={styles.message}>
      {reason !== null && <p>{reason}</p>}
      {camera.status !== 'CONNECTED' && camera.status_reason && (
        <p className={styles.detail}>{camera.status_reason}</p>
      )}
      {age && <p className={styles.age}>{age}</p>}
    </div>
  );
}

function reasonOf({ status, kind, changedAt }: CameraView, state: LiveState, now: number): string | null {
  const ageMs = now - changedAt;
  switch (status) {
    case 'DISCONNECTED':
      return kind === 'usb' ? texts.unplugged(ageMs) : texts.unreachable(ageMs);
    case 'BUSY':
      return texts.busy;
    case 'ERROR':
      return texts.failed;
    case 'PROBING':
      return texts.probing;
    case 'CONNECTED':
      return state.phase === 'connecting' && state.reason !== null ? texts.retrying(state.reason) : null;
  }
}

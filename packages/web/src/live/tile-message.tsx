import type { CameraView } from '../app-state.ts';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import type { LiveState } from './live-view.ts';
import styles from './camera-tile.module.css';

interface TileMessageProps {
  camera: CameraView;
  state: LiveState;
  isMediaDown: boolean;
  /** When the still on the screen was taken; null while unknown. */
  capturedAt: number | null;
  hasStill: boolean;
}

/** Why there is no moving picture, what happens next, and how old the still is. */
export function TileMessage(props: TileMessageProps) {
  const { camera, state, capturedAt, hasStill } = props;
  const isLive = state.phase === 'playing' && camera.status === 'CONNECTED';
  const now = useNow(!isLive);
  if (isLive) return null;
  const reason = reasonOf(props, now);
  const age = hasStill ? capturedAt !== null && texts.pictureFrom(now - capturedAt) : texts.noPictureYet;
  if (reason === null && !age) return null;
  return (
    <div className={styles.message} data-reason={reason !== null || undefined}>
      {reason !== null && <p>{reason}</p>}
      {camera.status !== 'CONNECTED' && camera.status_reason && (
        <p className={styles.detail}>{camera.status_reason}</p>
      )}
      {age && <p className={styles.age}>{age}</p>}
    </div>
  );
}

function reasonOf({ camera, state, isMediaDown }: TileMessageProps, now: number): string | null {
  const { status, kind, changedAt } = camera;
  const ageMs = now - changedAt;
  const reasons = {
    DISCONNECTED: kind === 'usb' ? texts.unplugged(ageMs) : texts.unreachable(ageMs),
    BUSY: texts.busy,
    ERROR: texts.failed,
    PROBING: texts.probing,
    CONNECTED: isMediaDown
      ? texts.mediaAway
      : state.phase === 'connecting' && state.reason !== null
        ? texts.retrying(state.reason)
        : null,
  };
  return reasons[status];
}

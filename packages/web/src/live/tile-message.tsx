import type { CameraView } from '../app-state.ts';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import type { LiveState } from './live-view.ts';
import styles from './camera-tile.module.css';

interface TileMessageProps {
  camera: CameraView;
  state: LiveState;
  isMediaDown: boolean;
}

/** Why there is no moving picture, and what happens next. */
export function TileMessage(props: TileMessageProps) {
  const { camera, state } = props;
  const isLive = state.phase === 'playing' && camera.status === 'CONNECTED';
  const now = useNow(!isLive);
  if (isLive) return null;
  const reason = reasonOf(props, now);
  if (reason === null) return null;
  return (
    <div className={styles.message}>
      <p>{reason}</p>
      {camera.status !== 'CONNECTED' && camera.status_reason && (
        <p className={styles.detail}>{camera.status_reason}</p>
      )}
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

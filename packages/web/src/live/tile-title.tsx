import type { CameraView } from '../app-state.ts';
import { formatDuration } from '../format.ts';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import type { LiveState } from './live-view.ts';
import styles from './camera-tile.module.css';

interface TileTitleProps {
  camera: CameraView;
  state: LiveState;
  /** The record button tells the time of a recording where there is one. */
  hasControls: boolean;
}

/** Name, state in a word and a shape, and a running recording. */
export function TileTitle({ camera, state, hasControls }: TileTitleProps) {
  const tone = toneOf(camera, state);
  return (
    <figcaption className={styles.title}>
      <span className={styles.name} title={camera.name}>
        {camera.name}
      </span>
      <span className={styles.state} data-tone={tone}>
        <span className={styles.mark} aria-hidden="true" />
        {wordOf(camera, state)}
      </span>
      {camera.recording && !hasControls && <RecordingMark since={camera.recordingSince} />}
    </figcaption>
  );
}

function RecordingMark({ since }: { since: number | null }) {
  const now = useNow();
  return (
    <span className={styles.recording}>
      <span className={styles.dot} aria-hidden="true" />
      {texts.recordingFor(formatDuration(since === null ? 0 : (now - since) / 1000))}
    </span>
  );
}

function wordOf({ status }: CameraView, { phase }: LiveState): string {
  if (status !== 'CONNECTED') return texts.status[status];
  if (phase === 'playing') return texts.status.live;
  return phase === 'connecting' ? texts.status.connecting : texts.status.CONNECTED;
}

function toneOf({ status }: CameraView, state: LiveState): 'live' | 'degraded' | 'quiet' {
  if (status === 'ERROR' || status === 'BUSY') return 'degraded';
  if (status !== 'CONNECTED') return 'quiet';
  return state.phase === 'playing' ? 'live' : 'quiet';
}

import type { CameraView } from '../app-state.ts';
import { formatDuration } from '../format.ts';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import type { LiveState } from './live-view.ts';
import { isWatchable, standingOf } from './standing.ts';
import { TileName } from './tile-name.tsx';
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
      <TileName camera={camera} />
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

function wordOf(camera: CameraView, { phase }: LiveState): string {
  const { state } = camera;
  if (!isWatchable(camera) || state === 'recovering') return texts.states[state];
  if (phase === 'playing') return texts.states.live;
  return phase === 'connecting' ? texts.connecting : texts.connected;
}

function toneOf(camera: CameraView, { phase }: LiveState): 'live' | 'degraded' | 'quiet' {
  if (standingOf(camera) === 'ill' || camera.state === 'recovering') return 'degraded';
  return isWatchable(camera) && phase === 'playing' ? 'live' : 'quiet';
}

import type { CameraView } from '../app-state.ts';
import { useApp, useAppState } from '../app-context.ts';
import { formatDuration } from '../format.ts';
import { CollapseIcon, DetailsIcon, ExpandIcon, RecordIcon, SnapshotIcon, StopIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import styles from './camera-tile.module.css';
import { isWatchable } from './standing.ts';

interface TileControlsProps {
  camera: CameraView;
  isOperator: boolean;
  isFull: boolean;
  onToggleFull: () => void;
  onSnapshot: () => void;
  onOpenDetails: () => void;
}

/** Record is the last: it grows to the left, so that no button moves from under the pointer. */
export function TileControls(props: TileControlsProps) {
  const { camera, isOperator, isFull, onToggleFull, onSnapshot, onOpenDetails } = props;
  const { name, recording } = camera;
  const canCapture = isOperator && isWatchable(camera);
  return (
    <div className={styles.controls}>
      <button
        type="button"
        className={styles.iconButton}
        aria-label={texts.detailsOf(name)}
        title={texts.hints.details}
        onClick={onOpenDetails}
      >
        <DetailsIcon />
      </button>
      {canCapture && (
        <button
          type="button"
          className={styles.iconButton}
          aria-label={texts.snapshotOf(name)}
          title={texts.hints.snapshot}
          onClick={onSnapshot}
        >
          <SnapshotIcon />
        </button>
      )}
      <button
        type="button"
        className={styles.iconButton}
        aria-label={isFull ? texts.leaveFullView : texts.fullViewOf(name)}
        title={isFull ? texts.hints.leave : texts.hints.full}
        onClick={onToggleFull}
      >
        {isFull ? <CollapseIcon /> : <ExpandIcon />}
      </button>
      {(canCapture || (isOperator && recording)) && <RecordButton camera={camera} />}
    </div>
  );
}

/** Becomes the elapsed time; the second press stops. */
function RecordButton({ camera }: { camera: CameraView }) {
  const { actions } = useApp();
  const { device, name, recordingSince } = camera;
  const pending = useAppState((state) => state.pending[device]);
  // It may be told that it runs before the call is answered; "stop" is offered when it can be done.
  const recording = camera.recording && pending !== 'starting';
  const now = useNow(recording);
  const elapsed = formatDuration(recordingSince === null ? 0 : (now - recordingSince) / 1000);
  const label = recording ? texts.stopRecordingOf(name) : texts.recordOf(name);
  return (
    <button
      type="button"
      className={styles.iconButton}
      data-recording={recording || undefined}
      aria-label={label}
      aria-busy={pending !== undefined}
      title={recording ? texts.hints.stop : texts.hints.record}
      onClick={() => void actions.toggleRecording(device)}
    >
      {recording ? <StopIcon /> : <RecordIcon />}
      {pending === 'starting' && <span>{texts.starting}</span>}
      {pending === 'stopping' && <span>{texts.stopping}</span>}
      {recording && pending === undefined && <span className={styles.elapsed}>{elapsed}</span>}
    </button>
  );
}

import { useRef, useState } from 'react';
import { useAppState } from '../app-context.ts';
import { formatDuration, formatTime, formatTimeWithZone } from '../format.ts';
import { PlayIcon } from '../icons.tsx';
import { useOnScreen } from '../live/use-visible.ts';
import { texts } from '../texts.ts';
import type { Clip } from './clip.ts';
import styles from './clips.module.css';

export function ClipCard({ clip, onOpen }: { clip: Clip; onOpen: (clip: Clip) => void }) {
  const camera = useAppState(
    ({ cameras }) => cameras.find(({ device }) => device === clip.device)?.name ?? clip.device,
  );
  const kind = clip.kind === 'recording' ? texts.clips.recording : texts.clips.snapshot;
  return (
    <button
      type="button"
      className={styles.card}
      aria-label={texts.clips.of(kind, camera, formatTime(clip.createdAt))}
      onClick={() => onOpen(clip)}
    >
      <span className={styles.thumb}>
        <Thumbnail clip={clip} />
        {clip.durationSeconds !== undefined && (
          <span className={styles.length}>
            <PlayIcon />
            {formatDuration(clip.durationSeconds)}
          </span>
        )}
      </span>
      <span className={styles.caption}>
        <span className={styles.captionName}>{camera}</span>
        <time dateTime={clip.createdAt} title={formatTimeWithZone(clip.createdAt)}>
          {formatTime(clip.createdAt)}
        </time>
      </span>
    </button>
  );
}

/** A recording's first frame is read from the file itself, and only for cards that come into view. */
function Thumbnail({ clip }: { clip: Clip }) {
  const ref = useRef<HTMLSpanElement>(null);
  const isSeen = useSticky(useOnScreen(ref));
  const [hasFailed, setFailed] = useState(false);
  const fail = (): void => setFailed(true);
  return (
    <span ref={ref} className={styles.picture}>
      {isSeen && !hasFailed && clip.kind === 'snapshot' && (
        <img src={clip.url} alt="" decoding="async" onError={fail} />
      )}
      {isSeen && !hasFailed && clip.kind === 'recording' && (
        <video
          src={`${clip.url}#t=0.1`}
          preload="metadata"
          muted
          playsInline
          tabIndex={-1}
          aria-hidden="true"
          onError={fail}
        />
      )}
    </span>
  );
}

function useSticky(value: boolean): boolean {
  const [wasTrue, setWasTrue] = useState(value);
  if (value && !wasTrue) setWasTrue(true);
  return wasTrue || value;
}

import { useEffect, useRef, useState } from 'react';
import { useAppState } from '../app-context.ts';
import { formatDuration, formatTime, formatTimeShort, formatTimeWithZone } from '../format.ts';
import { LockIcon, PlayIcon } from '../icons.tsx';
import { useOnScreen } from '../live/use-visible.ts';
import { texts } from '../texts.ts';
import { keyOf, type Clip } from './clip.ts';
import { firstFrameOf } from './first-frame.ts';
import styles from './clips.module.css';

export function ClipCard({ clip, onOpen }: { clip: Clip; onOpen: (clip: Clip) => void }) {
  const camera = useAppState(
    ({ cameras }) => cameras.find(({ device }) => device === clip.device)?.name ?? clip.device,
  );
  const isOnlyCamera = useAppState(({ cameras }) => cameras.length === 1);
  const kind = clip.kind === 'recording' ? texts.clips.recording : texts.clips.snapshot;
  return (
    <button
      type="button"
      className={styles.card}
      aria-label={texts.clips.of(kind, camera, formatTime(clip.createdAt), clip.isProtected)}
      onClick={() => onOpen(clip)}
    >
      <span className={styles.thumb}>
        <Thumbnail clip={clip} />
        {clip.isProtected && (
          <span className={styles.lock} title={texts.clips.protected}>
            <LockIcon />
          </span>
        )}
        {clip.durationSeconds !== undefined && (
          <span className={styles.length}>
            <PlayIcon />
            {formatDuration(clip.durationSeconds)}
          </span>
        )}
      </span>
      <span className={styles.caption}>
        <span className={styles.captionName}>{isOnlyCamera ? kind : camera}</span>
        <time dateTime={clip.createdAt} title={formatTimeWithZone(clip.createdAt)}>
          {formatTimeShort(clip.createdAt)}
        </time>
      </span>
    </button>
  );
}

function Thumbnail({ clip }: { clip: Clip }) {
  const ref = useRef<HTMLSpanElement>(null);
  const isSettled = useAppState((state) => state.isSettled);
  const isSeen = useSticky(useOnScreen(ref)) && isSettled;
  const frame = useFirstFrame(clip, isSeen && clip.kind === 'recording');
  const [hasFailed, setFailed] = useState(false);
  const src = clip.kind === 'recording' ? frame : clip.url;
  return (
    <span ref={ref} className={styles.picture}>
      {isSeen && !hasFailed && src !== null && (
        <img src={src} alt="" decoding="async" onError={() => setFailed(true)} />
      )}
    </span>
  );
}

function useFirstFrame(clip: Clip, isWanted: boolean): string | null {
  const [frame, setFrame] = useState<string | null>(null);
  const key = keyOf(clip);
  useEffect(() => {
    if (!isWanted) return undefined;
    let isCurrent = true;
    void firstFrameOf(key, clip.url).then((picture) => {
      if (isCurrent) setFrame(picture);
    });
    return () => {
      isCurrent = false;
    };
  }, [key, clip.url, isWanted]);
  return frame;
}

function useSticky(value: boolean): boolean {
  const [wasTrue, setWasTrue] = useState(value);
  if (value && !wasTrue) setWasTrue(true);
  return wasTrue || value;
}

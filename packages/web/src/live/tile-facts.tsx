import { formatBitrate } from '../format.ts';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import type { LiveState } from './live-view.ts';
import type { PlaybackStats } from './player.ts';
import type { Still } from './use-still.ts';
import styles from './camera-tile.module.css';

interface TileFactsProps {
  state: LiveState;
  stats: PlaybackStats | undefined;
  still: Still;
}

/** What the viewer really gets, as measured; the age of the still while there is nothing to measure. */
export function TileFacts({ state, stats, still }: TileFactsProps) {
  if (state.phase !== 'playing') return <StillAge still={still} />;
  const parts = stats ? partsOf(stats) : [];
  return (
    <p className={styles.facts}>
      <span className={styles.transport} data-fallback={state.fallbackReason !== null || undefined}>
        {state.transport}
      </span>
      {state.fallbackReason !== null && (
        <span className={styles.reason}>{texts.fallback(state.fallbackReason)}</span>
      )}
      {parts.map(([name, text]) => (
        <span key={name} data-part={name} title={name === 'delay' ? texts.delayTitle : undefined}>
          {text}
        </span>
      ))}
    </p>
  );
}

function StillAge({ still: { src, capturedAt } }: { still: Still }) {
  const now = useNow();
  if (src === null) return <p className={styles.facts}>{texts.noPictureYet}</p>;
  return <p className={styles.facts}>{capturedAt !== null && texts.pictureFrom(now - capturedAt)}</p>;
}

function partsOf({ width, height, fps, bitrate, delayMs }: PlaybackStats): [string, string][] {
  const parts: [string, string][] = [];
  if (width > 0) parts.push(['resolution', `${width}×${height}`]);
  if (fps > 0) parts.push(['fps', `${Math.round(fps)} fps`]);
  if (bitrate > 0) parts.push(['rate', formatBitrate(bitrate)]);
  if (delayMs !== null)
    parts.push(['delay', delayMs < 1000 ? `${delayMs} ms` : `${(delayMs / 1000).toFixed(1)} s`]);
  return parts;
}

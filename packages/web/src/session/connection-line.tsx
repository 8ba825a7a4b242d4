import { useState } from 'react';
import { useAppState } from '../app-context.ts';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import styles from './header.module.css';

/** One quiet line while the connection is away; nothing before the first one was there to lose. */
export function ConnectionLine() {
  const connection = useAppState((state) => state.connection);
  const hadConnection = useAppState((state) => state.hadConnection);
  const isAway = hadConnection && connection.status !== 'open';
  return (
    <div className={styles.space} role="status" aria-label={texts.connection.label}>
      {isAway && (
        <p className={styles.line}>
          {connection.status === 'waiting' ? (
            <Countdown key={connection.retryInMs} ms={connection.retryInMs} />
          ) : (
            texts.connection.connecting
          )}{' '}
          <span className={styles.faint}>{texts.connection.pictures}</span>
        </p>
      )}
    </div>
  );
}

function Countdown({ ms }: { ms: number }) {
  const [startedAt] = useState(() => Date.now());
  const leftMs = ms - (useNow() - startedAt);
  return texts.connection.waiting(Math.max(0, Math.round(leftMs / 1000)));
}

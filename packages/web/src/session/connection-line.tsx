import { useEffect, useState } from 'react';
import { useAppState } from '../app-context.ts';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import styles from './header.module.css';

/** One quiet line while the connection is away; nothing before the first one was there to lose. */
export function ConnectionLine() {
  const connection = useAppState((state) => state.connection);
  const [hadConnection, setHadConnection] = useState(false);
  useEffect(() => {
    if (connection.status === 'open' || connection.status === 'waiting') setHadConnection(true);
  }, [connection]);
  const isAway = hadConnection && connection.status !== 'open';
  return (
    <div role="status" aria-label="Connection">
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

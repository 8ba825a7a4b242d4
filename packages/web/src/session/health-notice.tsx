import { useEffect, useState } from 'react';
import { useAppState } from '../app-context.ts';
import { WarningIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import styles from './page.module.css';

/** A restart is over sooner; the tiles say it meanwhile, without anything being moved. */
const patienceMs = 5_000;

/** MediaMTX carries every picture: while it stays away, this says so above whatever pictures were last seen. */
export function HealthNotice() {
  const state = useAppState(({ components }) => components?.mediamtx);
  const isStarting = useAppState((app) => app.isStarting && app.cameras.length > 0);
  const hasCameras = useAppState(({ cameras }) => cameras.length > 0);
  const isLasting = useLasting(state !== undefined && state !== 'RUNNING');
  if (state === undefined || state === 'RUNNING' || (hasCameras && !isLasting)) {
    return isStarting ? <p className={styles.quiet}>{texts.systemStarting}</p> : null;
  }
  return (
    <section className={styles.notice} aria-labelledby="media-down">
      <WarningIcon />
      <div>
        <h2 id="media-down">{state === 'STARTING' ? texts.media.starting : texts.media.title}</h2>
        <p>
          {texts.media.text} {texts.media.remedy}
        </p>
      </div>
    </section>
  );
}

function useLasting(isTrue: boolean): boolean {
  const [isLasting, setLasting] = useState(false);
  useEffect(() => {
    if (!isTrue) return undefined;
    const timer = setTimeout(() => setLasting(true), patienceMs);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [isTrue]);
  return isLasting;
}

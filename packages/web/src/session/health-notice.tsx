import type { AppState } from '../app-state.ts';
import { useAppState } from '../app-context.ts';
import { WarningIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import styles from './page.module.css';

export function isMediaDown({ components }: AppState): boolean {
  return components !== null && components.mediamtx !== 'RUNNING';
}

/** MediaMTX carries every picture: while it is away, this says so above whatever pictures were last seen. */
export function HealthNotice() {
  const state = useAppState(({ components }) => components?.mediamtx);
  const isStarting = useAppState((app) => app.isStarting && app.cameras.length > 0);
  if (state === undefined || state === 'RUNNING') {
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

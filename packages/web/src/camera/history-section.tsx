import type { CameraView } from '../app-state.ts';
import { formatTime, formatTimeWithZone, joinSentences, withLocalTimes } from '../format.ts';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import styles from './history.module.css';
import panelStyles from './camera-panel.module.css';
import { HistoryBar } from './history-bar.tsx';
import { panelTexts } from './texts.ts';
import { toneOf } from './tone.ts';
import { useHistory, type Transition } from './use-history.ts';

const said = panelTexts.history;

export function HistorySection({ camera }: { camera: CameraView }) {
  const { value: transitions, error } = useHistory(camera.device);
  const now = useNow();
  return (
    <section className={panelStyles.section} aria-label={said.title}>
      <h3>{said.title}</h3>
      {error !== null && (
        <p className={panelStyles.problem} role="alert">
          {said.unreadable} {error}
        </p>
      )}
      {transitions?.length === 0 && <p className={panelStyles.text}>{said.none}</p>}
      {transitions && transitions.length > 0 && (
        <>
          <HistoryBar transitions={transitions} now={now} />
          <ol className={styles.list} aria-label={said.list}>
            {transitions.map((transition, index) => (
              <Row
                // Two changes may have one time; counted from the oldest, a row keeps its number.
                key={transitions.length - index + transition.time}
                transition={transition}
                now={now}
              />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function Row({ transition: { time, from, to, detail }, now }: { transition: Transition; now: number }) {
  return (
    <li className={styles.row} data-tone={toneOf(to)}>
      <span className={styles.mark} aria-hidden="true" />
      <span className={styles.change}>
        {from === null ? said.first : `${texts.states[from]} → `}
        {from !== null && <strong>{texts.states[to]}</strong>}
        {detail !== null && <span className={styles.detail}>{joinSentences([withLocalTimes(detail)])}</span>}
      </span>
      <time className={styles.time} dateTime={time} title={formatTimeWithZone(time)}>
        {said.ago(now - Date.parse(time))}
        <span className={styles.detail}>{formatTime(time)}</span>
      </time>
    </li>
  );
}

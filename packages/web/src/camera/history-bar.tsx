import { formatAge } from '../format.ts';
import { texts } from '../texts.ts';
import styles from './history.module.css';
import { panelTexts } from './texts.ts';
import { toneOf } from './tone.ts';
import type { Transition } from './use-history.ts';

const dayMs = 24 * 3_600_000;
const said = panelTexts.history;

interface HistoryBarProps {
  /** Newest first. */
  transitions: Transition[];
  now: number;
}

interface Span {
  key: string;
  state: Transition['to'];
  lengthMs: number;
}

/** The last changes as spans of time, for the eye; the list below it has them in words. */
export function HistoryBar({ transitions, now }: HistoryBarProps) {
  const { spans, startedAt } = spansOf(transitions, now);
  return (
    <div className={styles.barBlock} aria-hidden="true">
      <div className={styles.bar}>
        {spans.map(({ key, state, lengthMs }) => (
          <span
            key={key}
            data-tone={toneOf(state)}
            style={{ flexGrow: lengthMs }}
            title={said.span(texts.states[state], formatAge(lengthMs))}
          />
        ))}
      </div>
      <div className={styles.ends}>
        <span>{said.ago(now - startedAt)}</span>
        <span>{said.now}</span>
      </div>
    </div>
  );
}

function spansOf(transitions: Transition[], now: number): { spans: Span[]; startedAt: number } {
  const times = transitions.map(({ time }) => Date.parse(time));
  const startedAt = Math.max(now - dayMs, times.at(-1) ?? now);
  const spans = transitions.map(({ to }, index) => {
    const from = Math.max(times[index] ?? now, startedAt);
    const until = times[index - 1] ?? now;
    return {
      key: `${times[index]}-${transitions.length - index}`,
      state: to,
      lengthMs: Math.max(0, until - from),
    };
  });
  const isOver = (_: Span, index: number): boolean => (times[index - 1] ?? now) < startedAt;
  return { spans: spans.filter((span, index) => !isOver(span, index)).toReversed(), startedAt };
}

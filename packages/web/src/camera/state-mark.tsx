import type { Camera } from '@mediamtx-camera-service/client';
import { texts } from '../texts.ts';
import styles from './camera-panel.module.css';
import { toneOf } from './tone.ts';

/** A state in a word and a shape. */
export function StateMark({ state }: { state: Camera['state'] }) {
  return (
    <span className={styles.state} data-tone={toneOf(state)}>
      <span className={styles.mark} aria-hidden="true" />
      {texts.states[state]}
    </span>
  );
}

import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatTimeWithZone } from '../format.ts';
import { useNow } from '../use-now.ts';
import { useTask } from '../use-task.ts';
import { explainHere } from './explain-here.ts';
import styles from './parts.module.css';
import { settingsTexts } from './texts.ts';

/** While there is no answer yet: that it is asked for, or why there is none. */
export function Waiting({ error }: { error: string | null }) {
  return <p className={error === null ? styles.text : styles.problem}>{error ?? settingsTexts.loading}</p>;
}

export function Problem({ children }: { children: ReactNode }) {
  if (children === null || children === undefined) return null;
  return (
    <p className={styles.problem} role="alert">
      {children}
    </p>
  );
}

/** How long ago, with the time on hover. */
export function Ago({ time }: { time: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={formatTimeWithZone(time)}>
      {settingsTexts.ago(now - Date.parse(time))}
    </time>
  );
}

interface ConfirmationProps {
  question: string;
  confirm: string;
  onConfirm: () => Promise<void>;
  onCancel: () => void;
}

/** The second press for what can't be undone, with what it takes. */
export function Confirmation({ question, confirm, onConfirm, onCancel }: ConfirmationProps) {
  const { isRunning, error, run } = useTask(explainHere);
  return (
    <div className={styles.form} role="group" aria-label={confirm}>
      <p className={styles.text}>{question}</p>
      <div className={styles.buttons}>
        <Button loading={isRunning} onClick={() => run(onConfirm)}>
          {confirm}
        </Button>
        <Button variant="default" onClick={onCancel} autoFocus>
          {settingsTexts.cancel}
        </Button>
      </div>
      <Problem>{error}</Problem>
    </div>
  );
}

import { Button } from '@mantine/core';
import type { CameraView } from '../app-state.ts';
import { useApp } from '../app-context.ts';
import { Countdown } from '../live/set-aside-message.tsx';
import styles from './camera-panel.module.css';
import { panelTexts } from './texts.ts';
import { useTask } from '../use-task.ts';

const offeredMinutes = [1, 5, 30];
const said = panelTexts.lend;

/** Hands the device to another program for a while, and takes it back. */
export function LendSection({ camera }: { camera: CameraView }) {
  const { client } = useApp();
  const { isRunning, error, run } = useTask();
  const { device, state } = camera;
  const isLent = state === 'lent';
  if (state === 'absent' || state === 'disabled' || state === 'probing') return null;
  return (
    <section className={styles.section} aria-label={said.title}>
      <h3>{said.title}</h3>
      <p className={styles.text}>
        {isLent ? said.lent : said.text}{' '}
        {isLent && (
          <strong>
            <Countdown camera={camera} />.
          </strong>
        )}
      </p>
      <div className={styles.buttons}>
        {isLent && (
          <Button
            disabled={isRunning}
            onClick={() => run(async () => void (await client.call('reclaim_camera', { device })))}
          >
            {said.takeBack}
          </Button>
        )}
        {isLent && <span className={styles.hint}>{said.longer}</span>}
        {offeredMinutes.map((minutes) => (
          <Button
            key={minutes}
            variant="default"
            aria-label={said.lendFor(minutes)}
            disabled={isRunning}
            onClick={() =>
              run(async () => void (await client.call('release_camera', { device, seconds: minutes * 60 })))
            }
          >
            {said.minutes(minutes)}
          </Button>
        ))}
      </div>
      {error !== null && (
        <p className={styles.problem} role="alert">
          {error}
        </p>
      )}
    </section>
  );
}

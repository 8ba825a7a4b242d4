import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { CameraView } from '../app-state.ts';
import { useApp } from '../app-context.ts';
import styles from './camera-panel.module.css';
import { panelTexts } from './texts.ts';
import { useTask } from '../use-task.ts';

const said = panelTexts.forget;

interface ForgetSectionProps {
  camera: CameraView;
  onForgotten: () => void;
}

/** Takes a camera that is gone off the page; asked twice, as it can't be undone. */
export function ForgetSection({ camera, onForgotten }: ForgetSectionProps) {
  const [isAsking, setAsking] = useState(false);
  if (!isForgettable(camera)) return null;
  return (
    <section className={styles.section} aria-label={said.title}>
      <h3>{said.title}</h3>
      <p className={styles.text}>{said.text}</p>
      {isAsking ? (
        <Confirmation camera={camera} onForgotten={onForgotten} onKeep={() => setAsking(false)} />
      ) : (
        <Button variant="default" onClick={() => setAsking(true)}>
          {said.begin}
        </Button>
      )}
    </section>
  );
}

/** One that is there would come back; a disabled one says nothing of itself but its node. */
function isForgettable({ state, kind, device_path }: CameraView): boolean {
  return state === 'absent' || (state === 'disabled' && device_path === null && kind !== 'test');
}

function Confirmation({ camera, onForgotten, onKeep }: ForgetSectionProps & { onKeep: () => void }) {
  const { client, store, clips } = useApp();
  const { isRunning, error, run } = useTask();
  const [isWithFiles, setWithFiles] = useState(false);
  const { device, name } = camera;
  const forget = async (): Promise<void> => {
    await client.call('forget_camera', { device, delete_files: isWithFiles });
    onForgotten();
    store.removeCamera(device);
    store.announce(said.done(name));
    if (isWithFiles) void clips.setFilter(store.get().clips.filter);
  };
  return (
    <>
      <Checkbox
        label={said.deleteFiles}
        checked={isWithFiles}
        onChange={({ currentTarget }) => setWithFiles(currentTarget.checked)}
        mb="sm"
      />
      <div className={styles.buttons}>
        <Button disabled={isRunning} onClick={() => run(forget)}>
          {said.confirm}
        </Button>
        <Button variant="default" onClick={onKeep} data-autofocus>
          {said.keep}
        </Button>
      </div>
      {error !== null && (
        <p className={styles.problem} role="alert">
          {error}
        </p>
      )}
    </>
  );
}

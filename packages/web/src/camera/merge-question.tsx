import { Button } from '@mantine/core';
import { useState } from 'react';
import { viewOf, type CameraView } from '../app-state.ts';
import { useApp, useAppState } from '../app-context.ts';
import { texts } from '../texts.ts';
import styles from './merge.module.css';
import panelStyles from './camera-panel.module.css';
import { candidateOf } from './same-camera.ts';
import { panelTexts } from './texts.ts';
import { useTask } from '../use-task.ts';

const said = panelTexts.merge;

interface MergeQuestionProps {
  camera: CameraView;
  onJoined: (device: string) => void;
}

/** "Same camera as …?" for a camera that the service could not tell from one that it knows; two pictures help. */
export function MergeQuestion({ camera, onJoined }: MergeQuestionProps) {
  const { client, store } = useApp();
  const candidate = useAppState((state) => candidateOf(camera, state));
  const { isRunning, error, run } = useTask();
  if (!candidate) return null;
  const join = async (): Promise<void> => {
    const params = { device: candidate.device, other: camera.device };
    const joined = await client.call('merge_cameras', params);
    store.changeCamera(joined.device, viewOf(joined, candidate));
    store.announce(said.done(joined.name));
    onJoined(joined.device);
    store.removeCamera(camera.device);
  };
  const keepApart = async (): Promise<void> => {
    const params = { device: camera.device, differs_from: candidate.device };
    const { settings: _, ...told } = await client.call('set_camera', params);
    store.changeCamera(camera.device, viewOf(told, camera));
  };
  return (
    <section className={styles.question} aria-label={said.title(candidate.name)}>
      <h3>{said.title(candidate.name)}</h3>
      <div className={styles.pair}>
        <Picture camera={camera} caption={said.here} />
        <Picture camera={candidate} caption={said.before} />
      </div>
      <p className={panelStyles.text}>{said.text(candidate.name)}</p>
      <div className={panelStyles.buttons}>
        <Button disabled={isRunning} onClick={() => run(join)}>
          {said.yes}
        </Button>
        <Button variant="default" disabled={isRunning} onClick={() => run(keepApart)}>
          {said.no}
        </Button>
      </div>
      {error !== null && (
        <p className={panelStyles.problem} role="alert">
          {error}
        </p>
      )}
    </section>
  );
}

function Picture({ camera: { device, name }, caption }: { camera: CameraView; caption: string }) {
  const [hasFailed, setFailed] = useState(false);
  return (
    <figure className={styles.picture}>
      {hasFailed ? (
        <span className={styles.missing}>{said.noPicture}</span>
      ) : (
        <img
          src={`/media/${device}/still.jpg?width=480`}
          alt={texts.lastPictureOf(name)}
          onError={() => setFailed(true)}
        />
      )}
      <figcaption>
        <strong>{name}</strong>
        <span>{caption}</span>
      </figcaption>
    </figure>
  );
}

import { useState } from 'react';
import type { CameraView } from '../app-state.ts';
import { useApp, useAppState } from '../app-context.ts';
import { formatDuration } from '../format.ts';
import { LentIcon, PowerIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import styles from './tile-message.module.css';

/** A camera that a person has put aside: what that means, and how it is brought back by those who may. */
export function SetAsideMessage({ camera }: { camera: CameraView }) {
  const state = camera.state === 'lent' || camera.state === 'off' ? camera.state : 'disabled';
  const { title, text } = texts.setAside[state];
  return (
    <div className={styles.message} data-standing="set_aside">
      {state === 'lent' ? <LentIcon /> : <PowerIcon />}
      <p className={styles.title}>{title}</p>
      <p className={styles.detail}>{state === 'lent' ? <Countdown camera={camera} /> : text}</p>
      <BringBack camera={camera} state={state} />
    </div>
  );
}

/** Time that is left until the service takes a lent camera back. */
export function Countdown({ camera }: { camera: CameraView }) {
  const now = useNow();
  const leftMs = camera.released_until === null ? 0 : Date.parse(camera.released_until) - now;
  return texts.backIn(formatDuration(Math.max(0, leftMs) / 1000));
}

function BringBack({ camera, state }: { camera: CameraView; state: keyof typeof texts.setAside }) {
  const { actions } = useApp();
  const role = useAppState((app) => app.role);
  const [isBusy, setBusy] = useState(false);
  const isAllowed = role === 'admin' || (role === 'operator' && state === 'lent');
  if (!isAllowed) return null;
  const { device, name } = camera;
  const calls = {
    lent: () => actions.reclaim(device),
    off: () => actions.change({ device, mode: 'on_demand' }),
    disabled: () => actions.change({ device, enabled: true }),
  };
  const press = async (): Promise<void> => {
    setBusy(true);
    await calls[state]();
    setBusy(false);
  };
  const { button } = texts.setAside[state];
  return (
    <button
      type="button"
      className={styles.button}
      aria-label={texts.onCamera(button, name)}
      aria-busy={isBusy}
      disabled={isBusy}
      onClick={() => void press()}
    >
      {button}
    </button>
  );
}

import type { ReactNode } from 'react';
import type { CameraView } from '../app-state.ts';
import { joinSentences } from '../format.ts';
import { UnpluggedIcon, WarningIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import type { LiveState } from './live-view.ts';
import { SetAsideMessage } from './set-aside-message.tsx';
import { standingOf } from './standing.ts';
import styles from './tile-message.module.css';

interface TileMessageProps {
  camera: CameraView;
  state: LiveState;
  isMediaDown: boolean;
}

interface Message {
  title: string;
  detail: string;
  icon?: ReactNode;
}

/** Why there is no moving picture, and what happens next. */
export function TileMessage(props: TileMessageProps) {
  const { camera, state } = props;
  const standing = standingOf(camera);
  const now = useNow(camera.state === 'absent');
  if (standing === 'set_aside') return <SetAsideMessage camera={camera} />;
  if (standing === 'watchable' && state.phase === 'playing') return null;
  const message = standing === 'watchable' ? ofWait(props) : ofTrouble(camera, now);
  if (message === null) return null;
  return (
    <div className={styles.message} data-standing={standing}>
      {message.icon}
      <p className={styles.title}>{message.title}</p>
      <p className={styles.detail}>{message.detail}</p>
    </div>
  );
}

/** The camera is there; its picture is on the way. */
function ofWait({ camera, state, isMediaDown }: TileMessageProps): Message | null {
  if (isMediaDown) return { title: texts.mediaAway, detail: texts.picturesBack };
  if (camera.state === 'recovering') return told(camera, texts.recovering, texts.picturesBack);
  if (state.phase !== 'connecting' || state.reason === null) return null;
  return { title: texts.retrying(state.reason), detail: texts.everySecond };
}

function ofTrouble(camera: CameraView, now: number): Message {
  const ageMs = now - camera.changedAt;
  if (camera.state === 'absent') {
    const title = camera.kind === 'usb' ? texts.unplugged(ageMs) : texts.unreachable(ageMs);
    const detail = joinSentences([camera.remedy ?? texts.comesBack]);
    return { title, detail, icon: <UnpluggedIcon /> };
  }
  if (camera.state === 'probing') return told(camera, texts.probing, '');
  const title = camera.state === 'busy' ? texts.busy : texts.failed;
  return { ...told(camera, title, texts.triedAgain), icon: <WarningIcon /> };
}

/** In the words of the service, where it has some. */
function told({ status_reason, remedy }: CameraView, title: string, detail: string): Message {
  return {
    title: joinSentences([status_reason ?? title]),
    detail: joinSentences([remedy ?? detail]),
  };
}

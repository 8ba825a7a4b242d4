import { Button } from '@mantine/core';
import { useApp } from '../app-context.ts';
import { LockIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import { useTask } from '../use-task.ts';
import type { Clip } from './clip.ts';
import styles from './clips.module.css';

/** Keeps a recording for good, or lets it go. Never out of use, so that the focus stays on it. */
export function ProtectButton({ clip: { filename, isProtected } }: { clip: Clip }) {
  const { client, clips, store } = useApp();
  const { isRunning, error, run } = useTask();
  const change = async (): Promise<void> => {
    const changed = await client.call('set_recording', { filename, protected: !isProtected });
    clips.setProtected(filename, changed.protected);
    store.announce(changed.protected ? texts.clips.nowProtected : texts.clips.notProtected);
  };
  return (
    <>
      <Button
        variant={isProtected ? 'light' : 'default'}
        aria-label={texts.clips.protected}
        aria-pressed={isProtected}
        aria-busy={isRunning}
        title={texts.clips.protectHint}
        leftSection={<LockIcon isOpen={!isProtected} />}
        onClick={() => !isRunning && run(change)}
      >
        {isProtected ? texts.clips.protected : texts.clips.protect}
      </Button>
      {error !== null && (
        <p className={styles.refusal} role="alert">
          {error}
        </p>
      )}
    </>
  );
}

/** For who may not change it. */
export function ProtectedNote() {
  return (
    <p className={styles.protected} title={texts.clips.protectHint}>
      <LockIcon />
      {texts.clips.protected}
    </p>
  );
}

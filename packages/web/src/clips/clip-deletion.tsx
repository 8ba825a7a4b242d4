import { Button } from '@mantine/core';
import { useId } from 'react';
import { useApp } from '../app-context.ts';
import { formatSize } from '../format.ts';
import { texts } from '../texts.ts';
import { useTask } from '../use-task.ts';
import type { Clip } from './clip.ts';
import styles from './clips.module.css';

interface ClipDeletionProps {
  clip: Clip;
  onDelete: () => void;
  onCancel: () => void;
}

/** Asked twice, as it can't be undone. */
export function ClipDeletion({ clip, onDelete, onCancel }: ClipDeletionProps) {
  const { client, clips, store } = useApp();
  const { isRunning, error, run } = useTask();
  const { kind, filename } = clip;
  const remove = async (): Promise<void> => {
    await client.call(kind === 'recording' ? 'delete_recording' : 'delete_snapshot', { filename });
    onDelete();
    clips.remove(clip);
    store.announce(texts.clips.deleted);
  };
  return (
    <div className={styles.deletion} role="group" aria-label={texts.clips.delete}>
      <p>{texts.clips.deleteQuestion(kind, formatSize(clip.sizeBytes))}</p>
      <Button loading={isRunning} onClick={() => run(remove)}>
        {texts.clips.deleteConfirm}
      </Button>
      <Button variant="default" onClick={onCancel} autoFocus>
        {texts.clips.deleteKeep}
      </Button>
      {error !== null && (
        <p className={styles.refusal} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

interface DeleteButtonProps {
  isProtected: boolean;
  onClick: () => void;
  autoFocus: boolean;
}

/** Stays in the order of focus while it can't be used, so that everybody comes upon the reason. */
export function DeleteButton({ isProtected, onClick, autoFocus }: DeleteButtonProps) {
  const reasonId = useId();
  return (
    <>
      <Button
        variant="default"
        onClick={() => !isProtected && onClick()}
        autoFocus={autoFocus}
        {...(isProtected && {
          'data-disabled': true,
          'aria-disabled': true,
          'aria-describedby': reasonId,
        })}
      >
        {texts.clips.delete}
      </Button>
      {isProtected && (
        <p id={reasonId} className={styles.reason}>
          {texts.clips.undeletable}
        </p>
      )}
    </>
  );
}

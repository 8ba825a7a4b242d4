import { Button } from '@mantine/core';
import type { Result } from '@mediamtx-camera-service/client';
import { useState } from 'react';
import { useApp } from '../app-context.ts';
import { useTask } from '../use-task.ts';
import { explainHere } from './explain-here.ts';
import { Confirmation, Problem } from './parts.tsx';
import styles from './parts.module.css';
import storageStyles from './storage.module.css';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.storage.cleanup;

type Cleanup = Result<'cleanup_old_files'>;

/** What the policy lets go, now: first as a list, and only then for good. */
export function CleanUp({ hasLimit, onCleaned }: { hasLimit: boolean; onCleaned: () => void }) {
  const { client, store } = useApp();
  const { isRunning, error, run } = useTask(explainHere);
  const [preview, setPreview] = useState<Cleanup | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const look = async (): Promise<void> => {
    setDone(null);
    setPreview(await client.call('cleanup_old_files', { dry_run: true }));
  };
  const clean = async (): Promise<void> => {
    const { files_deleted: count, space_freed: bytes } = await client.call('cleanup_old_files', {});
    setPreview(null);
    setDone(said.done(count, bytes));
    store.announce(said.done(count, bytes));
    onCleaned();
  };
  return (
    <section className={styles.section} aria-label={said.title}>
      <h2>{said.title}</h2>
      <p className={styles.text}>{said.text}</p>
      {preview && preview.files_deleted > 0 ? (
        <>
          <Confirmation
            question={said.wouldGo(preview.files_deleted, preview.space_freed)}
            confirm={said.confirm}
            onConfirm={clean}
            onCancel={() => setPreview(null)}
          />
          <FileList preview={preview} />
        </>
      ) : (
        <div className={styles.buttons}>
          <Button variant="default" loading={isRunning} onClick={() => run(look)}>
            {said.preview}
          </Button>
        </div>
      )}
      <p className={preview ? styles.text : styles.done} role="status">
        {preview?.files_deleted === 0 ? (hasLimit ? said.nothing : said.noLimit) : done}
      </p>
      <Problem>{error}</Problem>
    </section>
  );
}

function FileList({ preview: { files, files_deleted: count } }: { preview: Cleanup }) {
  return (
    <details>
      <summary>{said.files}</summary>
      <ul className={storageStyles.files}>
        {files.map((name) => (
          <li key={name}>{name}</li>
        ))}
        {count > files.length && <li>{said.andMore(count - files.length)}</li>}
      </ul>
    </details>
  );
}

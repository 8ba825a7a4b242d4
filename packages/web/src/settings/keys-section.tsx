import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAnswer, type Ask } from '../use-answer.ts';
import { KeyForm } from './key-form.tsx';
import { KeyRow, type ApiKey } from './key-row.tsx';
import { NewKeyCard, type NewKey } from './new-key-card.tsx';
import { Waiting } from './parts.tsx';
import styles from './parts.module.css';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.keys;

export const readKeys: Ask<ApiKey[]> = async (client, signal) =>
  (await client.call('list_api_keys', {}, { signal })).keys;

export function KeysSection() {
  const { value: keys, error, reread } = useAnswer(readKeys);
  const [isAdding, setAdding] = useState(false);
  const [shown, setShown] = useState<NewKey | null>(null);
  const show = (key: NewKey): void => {
    setAdding(false);
    setShown(key);
    reread();
  };
  if (!keys) return <Waiting error={error} />;
  return (
    <>
      {shown && <NewKeyCard key={shown.key} made={shown} onDone={() => setShown(null)} />}
      {keys.length === 0 && !isAdding && <p className={styles.none}>{said.none}</p>}
      <ul className={styles.list} aria-label={said.list} hidden={keys.length === 0}>
        {keys.map((key) => (
          <KeyRow key={key.key_id} apiKey={key} onRenewed={show} onChanged={reread} />
        ))}
      </ul>
      {isAdding ? (
        <div className={styles.row}>
          <KeyForm onMade={show} onCancel={() => setAdding(false)} />
        </div>
      ) : (
        <Button onClick={() => setAdding(true)}>{said.add}</Button>
      )}
    </>
  );
}

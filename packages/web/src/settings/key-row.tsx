import { Button, NativeSelect } from '@mantine/core';
import type { Result } from '@mediamtx-camera-service/client';
import { useState, type FormEvent } from 'react';
import { useApp } from '../app-context.ts';
import { formatTime } from '../format.ts';
import { useTask } from '../use-task.ts';
import { explainHere } from './explain-here.ts';
import type { NewKey } from './new-key-card.tsx';
import { Confirmation, Problem } from './parts.tsx';
import styles from './parts.module.css';
import { FormButtons } from './person-form.tsx';
import { RightsFacts } from './rights-fields.tsx';
import { settingsTexts } from './texts.ts';
import { useInPlace } from './use-in-place.ts';

const said = settingsTexts.keys;

export type ApiKey = Result<'list_api_keys'>['keys'][number];

interface KeyRowProps {
  apiKey: ApiKey;
  onRenewed: (key: NewKey) => void;
  onChanged: () => void;
}

export function KeyRow({ apiKey, onRenewed, onChanged }: KeyRowProps) {
  const { client, store } = useApp();
  const { open, show, close } = useInPlace<'rotate' | 'revoke'>();
  const { key_id: keyId, name } = apiKey;
  const state = stateOf(apiKey);
  const revoke = async (): Promise<void> => {
    await client.call('revoke_api_key', { key_id: keyId });
    close();
    onChanged();
    store.announce(said.revoked(name));
  };
  return (
    <li className={styles.row} aria-label={name} data-ended={state === 'active' ? undefined : true}>
      <div className={styles.head}>
        <KeyFacts apiKey={apiKey} state={state} />
        {state !== 'revoked' && (
          <div className={styles.buttons}>
            <Button variant="default" aria-label={said.rotateOf(name)} onClick={() => show('rotate')}>
              {said.rotate}
            </Button>
            <Button variant="default" aria-label={said.revokeOf(name)} onClick={() => show('revoke')}>
              {said.revoke}
            </Button>
          </div>
        )}
      </div>
      {open === 'rotate' && (
        <RotateForm
          apiKey={apiKey}
          onRenewed={(made) => {
            close();
            onRenewed(made);
          }}
          onCancel={close}
        />
      )}
      {open === 'revoke' && (
        <Confirmation
          question={said.revokeQuestion}
          confirm={said.revokeOf(name)}
          onConfirm={revoke}
          onCancel={close}
        />
      )}
    </li>
  );
}

type KeyState = keyof typeof said.states;

function stateOf({ revoked, expires_at: end }: ApiKey): KeyState {
  if (revoked) return 'revoked';
  return end !== null && Date.parse(end) <= Date.now() ? 'expired' : 'active';
}

function KeyFacts({ apiKey, state }: { apiKey: ApiKey; state: KeyState }) {
  const { name, key_id: keyId, role, cameras, expires_at: end, last_used_at: lastUsed } = apiKey;
  return (
    <div className={styles.facts}>
      <h2>
        {name}
        <span className={styles.badge} data-tone={state === 'active' ? undefined : 'trouble'}>
          {said.states[state]}
        </span>
      </h2>
      <RightsFacts role={role} cameras={cameras} />
      <span>
        {state === 'expired' && end ? said.endedAt(formatTime(end)) : said.endsAt(end && formatTime(end))}
      </span>
      <span>{said.lastUsed(lastUsed && formatTime(lastUsed))}</span>
      <span>{keyId}</span>
    </div>
  );
}

interface RotateFormProps {
  apiKey: ApiKey;
  onRenewed: (key: NewKey) => void;
  onCancel: () => void;
}

function RotateForm({ apiKey: { key_id: keyId, name }, onRenewed, onCancel }: RotateFormProps) {
  const { client } = useApp();
  const { isRunning, error, run } = useTask(explainHere);
  const [grace, setGrace] = useState('3600');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const params = { key_id: keyId, grace_seconds: Number(grace) };
    run(async () => onRenewed(await client.call('rotate_api_key', params)));
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label={said.rotateOf(name)}>
      <p className={styles.text}>{said.rotateText}</p>
      <NativeSelect
        label={said.grace}
        value={grace}
        autoFocus
        onChange={({ currentTarget }) => setGrace(currentTarget.value)}
        data={Object.entries(said.graces).map(([value, label]) => ({ value, label }))}
      />
      <Problem>{error}</Problem>
      <FormButtons isRunning={isRunning} onCancel={onCancel} submit={said.rotate} />
    </form>
  );
}

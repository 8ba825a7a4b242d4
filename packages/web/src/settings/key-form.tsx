import { NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useApp } from '../app-context.ts';
import { useTask } from '../use-task.ts';
import { explainHere } from './explain-here.ts';
import type { NewKey } from './new-key-card.tsx';
import { Problem } from './parts.tsx';
import styles from './parts.module.css';
import { FormButtons } from './person-form.tsx';
import { problemOfRights, RightsFields, type Rights } from './rights-fields.tsx';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.keys;

interface KeyFormProps {
  onMade: (key: NewKey) => void;
  onCancel: () => void;
}

export function KeyForm({ onMade, onCancel }: KeyFormProps) {
  const { client } = useApp();
  const { isRunning, error, run } = useTask(explainHere);
  const [name, setName] = useState('');
  const [expiresIn, setExpiresIn] = useState('');
  const [rights, setRights] = useState<Rights>({ role: 'viewer', cameras: null });
  const [problems, setProblems] = useState<{ name: string | null; rights: string | null }>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = { name: name.trim() === '' ? said.noName : null, rights: problemOfRights(rights) };
    setProblems(found);
    if (found.name !== null || found.rights !== null) return;
    const end = expiresIn === '' ? {} : { expires_in: expiresIn };
    run(async () => onMade(await client.call('create_api_key', { name, ...rights, ...end })));
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label={said.add} noValidate>
      <TextInput
        label={said.name}
        placeholder={said.namePlaceholder}
        value={name}
        error={problems?.name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        autoComplete="off"
        autoFocus
      />
      <RightsFields rights={rights} onChange={setRights} />
      <NativeSelect
        label={said.expires}
        value={expiresIn}
        onChange={({ currentTarget }) => setExpiresIn(currentTarget.value)}
        data={Object.entries(said.ends).map(([value, label]) => ({ value, label }))}
      />
      <Problem>{problems?.rights ?? error}</Problem>
      <FormButtons isRunning={isRunning} onCancel={onCancel} submit={said.add} />
    </form>
  );
}

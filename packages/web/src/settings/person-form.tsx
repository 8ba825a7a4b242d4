import { Button, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { NewPassword, problemOfNew } from '../account/new-password.tsx';
import { useApp } from '../app-context.ts';
import { useFocusOnProblem } from '../use-focus-on-problem.ts';
import { useTask } from '../use-task.ts';
import { explainHere } from './explain-here.ts';
import { Problem } from './parts.tsx';
import styles from './parts.module.css';
import { problemOfRights, RightsFields, type Rights } from './rights-fields.tsx';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.people;

interface PersonFormProps {
  onSaved: () => void;
  onCancel: () => void;
}

interface Problems {
  name: string | null;
  password: string | null;
  rights: string | null;
}

/** Somebody new. */
export function PersonForm({ onSaved, onCancel }: PersonFormProps) {
  const { client, store } = useApp();
  const { isRunning, error, run } = useTask(explainHere);
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [rights, setRights] = useState<Rights>({ role: 'viewer', cameras: null });
  const [problems, setProblems] = useState<Problems>();
  const formRef = useFocusOnProblem(problems);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = {
      name: user.trim() === '' ? said.noName : null,
      password: problemOfNew(password),
      rights: problemOfRights(rights),
    };
    setProblems(found);
    if (Object.values(found).some((problem) => problem !== null)) return;
    run(async () => {
      await client.call('create_user', { user, password, ...rights });
      store.announce(said.added(user));
      onSaved();
    });
  };
  return (
    <form ref={formRef} className={styles.form} onSubmit={submit} aria-label={said.add} noValidate>
      <TextInput
        label={said.name}
        value={user}
        error={problems?.name}
        onChange={({ currentTarget }) => setUser(currentTarget.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
      />
      <NewPassword label={said.password} value={password} error={problems?.password} onChange={setPassword} />
      <RightsFields rights={rights} onChange={setRights} />
      <Problem>{problems?.rights ?? error}</Problem>
      <FormButtons isRunning={isRunning} onCancel={onCancel} submit={said.add} />
    </form>
  );
}

interface FormButtonsProps {
  isRunning: boolean;
  submit: string;
  onCancel: () => void;
}

export function FormButtons({ isRunning, submit, onCancel }: FormButtonsProps) {
  return (
    <div className={styles.buttons}>
      <Button type="submit" loading={isRunning}>
        {submit}
      </Button>
      <Button variant="default" onClick={onCancel}>
        {settingsTexts.cancel}
      </Button>
    </div>
  );
}

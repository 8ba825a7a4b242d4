import { Button } from '@mantine/core';
import type { Result } from '@mediamtx-camera-service/client';
import { useState, type FormEvent } from 'react';
import { NewPassword, problemOfNew } from '../account/new-password.tsx';
import { useApp, useAppState } from '../app-context.ts';
import { formatTime } from '../format.ts';
import { useTask } from '../use-task.ts';
import { explainHere } from './explain-here.ts';
import { Confirmation, Problem } from './parts.tsx';
import styles from './parts.module.css';
import { FormButtons } from './person-form.tsx';
import { problemOfRights, RightsFacts, RightsFields } from './rights-fields.tsx';
import { settingsTexts } from './texts.ts';
import { useInPlace } from './use-in-place.ts';

const said = settingsTexts.people;

export type Person = Result<'list_users'>['users'][number];

interface PersonProps {
  person: Person;
  onChanged: () => void;
}

type Open = 'rights' | 'password' | 'remove';

/** One person, and what is done about them, in place. */
export function PersonRow({ person, onChanged }: PersonProps) {
  const { client, store } = useApp();
  const { open, show, close } = useInPlace<Open>();
  const [outcome, setOutcome] = useState<string | null>(null);
  const { user } = person;
  const isOwn = useAppState((state) => state.hasPassword && state.user === user);
  const begin = (form: Open): void => {
    setOutcome(null);
    show(form);
  };
  const finish = (told: string): void => {
    close();
    setOutcome(told);
    store.announce(told);
    onChanged();
  };
  const remove = async (): Promise<void> => {
    await client.call('delete_user', { user });
    finish(said.removed(user));
  };
  return (
    <li className={styles.row} aria-label={user}>
      <div className={styles.head}>
        <div className={styles.facts}>
          <h2>
            {user}
            {isOwn && <span className={styles.badge}>{said.you}</span>}
          </h2>
          <RightsFacts role={person.role} cameras={person.cameras} />
          <span>{said.lastLogin(person.last_login_at && formatTime(person.last_login_at))}</span>
        </div>
        <PersonButtons user={user} isOwn={isOwn} onOpen={begin} />
      </div>
      {open === 'rights' && (
        <RightsForm person={person} onSaved={() => finish(said.saved(user))} onCancel={close} />
      )}
      {open === 'password' && (
        <PasswordForm user={user} onSaved={() => finish(said.passwordSet(user))} onCancel={close} />
      )}
      {open === 'remove' && (
        <Confirmation
          question={said.removeQuestion(user)}
          confirm={said.removeOf(user)}
          onConfirm={remove}
          onCancel={close}
        />
      )}
      {outcome !== null && <p className={styles.done}>{outcome}</p>}
    </li>
  );
}

interface PersonButtonsProps {
  user: string;
  isOwn: boolean;
  onOpen: (open: Open) => void;
}

function PersonButtons({ user, isOwn, onOpen }: PersonButtonsProps) {
  return (
    <div className={styles.buttons}>
      <Button variant="default" aria-label={said.change(user)} onClick={() => onOpen('rights')}>
        {settingsTexts.change}
      </Button>
      {!isOwn && (
        <Button variant="default" aria-label={said.setPasswordOf(user)} onClick={() => onOpen('password')}>
          {said.setPassword}
        </Button>
      )}
      <Button variant="default" aria-label={said.removeOf(user)} onClick={() => onOpen('remove')}>
        {said.remove}
      </Button>
    </div>
  );
}

interface RowFormProps {
  onSaved: () => void;
  onCancel: () => void;
}

function RightsForm({ person, onSaved, onCancel }: RowFormProps & { person: Person }) {
  const { client } = useApp();
  const { isRunning, error, run } = useTask(explainHere);
  const [rights, setRights] = useState({ role: person.role, cameras: person.cameras });
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = problemOfRights(rights);
    setProblem(found);
    if (found !== null) return;
    run(async () => {
      await client.call('set_user', { user: person.user, ...rights });
      onSaved();
    });
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label={said.change(person.user)} noValidate>
      <RightsFields rights={rights} onChange={setRights} takesFocus />
      <Problem>{problem ?? error}</Problem>
      <FormButtons isRunning={isRunning} onCancel={onCancel} submit={settingsTexts.save} />
    </form>
  );
}

function PasswordForm({ user, onSaved, onCancel }: RowFormProps & { user: string }) {
  const { client } = useApp();
  const { isRunning, error, run } = useTask(explainHere);
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = problemOfNew(password);
    setProblem(found);
    if (found !== null) return;
    run(async () => {
      await client.call('set_user', { user, password });
      onSaved();
    });
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label={said.setPasswordOf(user)} noValidate>
      <p className={styles.text}>{said.passwordEnds(user)}</p>
      <input type="text" name="username" autoComplete="username" defaultValue={user} hidden />
      <NewPassword
        label={said.newPassword}
        value={password}
        error={problem}
        onChange={setPassword}
        takesFocus
      />
      <Problem>{error}</Problem>
      <FormButtons isRunning={isRunning} onCancel={onCancel} submit={said.setPassword} />
    </form>
  );
}

import { Button, Modal, PasswordInput, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useApp } from '../app-context.ts';
import { enter, logIn } from '../session/log-in.ts';
import { texts } from '../texts.ts';
import { useTask } from '../use-task.ts';
import styles from './account.module.css';
import { NewPassword, problemOfNew, problemOfRepeated } from './new-password.tsx';
import { accountTexts } from './texts.ts';

const said = accountTexts.first;

/** For who came by the printed link and found no user: a quiet line, and the form behind it. */
export function FirstAccount({ onLater }: { onLater: () => void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section className={styles.card} aria-labelledby="first-account">
      <div>
        <h2 id="first-account">{said.title}</h2>
        <p>{said.text}</p>
      </div>
      <Button variant="light" onClick={() => setOpen(true)}>
        {said.begin}
      </Button>
      <Button variant="subtle" onClick={onLater}>
        {said.later}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={said.title}
        size="sm"
        centered
        closeButtonProps={{ 'aria-label': texts.close }}
      >
        <FirstAccountForm />
      </Modal>
    </section>
  );
}

interface Problems {
  user: string | null;
  password: string | null;
  repeated: string | null;
}

function FirstAccountForm() {
  const { client, store } = useApp();
  const { isRunning, error, run } = useTask();
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [problems, setProblems] = useState<Problems>();
  const make = async (): Promise<void> => {
    const { user: made } = await client.call('create_user', { user, password, role: 'admin' });
    store.patch({ isLeaving: true });
    // Refused, the page goes on with the link's session: the account is there all the same.
    await logIn({ user: made, password });
    enter();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = {
      user: user.trim() === '' ? accountTexts.noUser : null,
      password: problemOfNew(password),
      repeated: problemOfRepeated(password, repeated),
    };
    setProblems(found);
    if (Object.values(found).every((problem) => problem === null)) run(make);
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <TextInput
        label={accountTexts.user}
        value={user}
        error={problems?.user}
        onChange={({ currentTarget }) => setUser(currentTarget.value)}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
        required
        withAsterisk={false}
      />
      <NewPassword
        label={accountTexts.password}
        value={password}
        error={problems?.password}
        onChange={setPassword}
      />
      <PasswordInput
        label={accountTexts.repeat}
        value={repeated}
        error={problems?.repeated}
        onChange={({ currentTarget }) => setRepeated(currentTarget.value)}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': accountTexts.reveal }}
        required
        withAsterisk={false}
      />
      {error !== null && (
        <p className={styles.problem} role="alert">
          {error}
        </p>
      )}
      <Button type="submit" loading={isRunning}>
        {said.submit}
      </Button>
    </form>
  );
}

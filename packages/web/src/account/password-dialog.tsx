import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { texts } from '../texts.ts';
import { useFocusOnProblem } from '../use-focus-on-problem.ts';
import { useTask } from '../use-task.ts';
import styles from './account.module.css';
import { NewPassword } from './new-password.tsx';
import { emptyEntry, problemsOf, problemsOfFailure, type Entry, type Problems } from './password-entry.ts';
import { SecretInput } from './secret-input.tsx';
import { accountTexts } from './texts.ts';

interface PasswordFormProps {
  said: { text?: string; password: string; submit: string; done?: string };
  /** Whom it is for: to be asked where it is null; of a known one the present password is asked. */
  user: string | null;
  send: (entry: Entry) => Promise<void>;
}

interface PasswordDialogProps extends PasswordFormProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
}

/** Sets a password, typed twice; said to be done where something is said of it. */
export function PasswordDialog({ title, isOpen, onClose, ...form }: PasswordDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      size="sm"
      centered
      closeButtonProps={{ 'aria-label': texts.close }}
    >
      <Content {...form} onClose={onClose} />
    </Modal>
  );
}

function Content({ onClose, ...form }: PasswordFormProps & { onClose: () => void }) {
  const [isDone, setDone] = useState(false);
  const { send, said } = form;
  if (isDone && said.done !== undefined) return <Done text={said.done} onClose={onClose} />;
  return <PasswordForm {...form} send={(entry) => send(entry).then(() => setDone(true))} />;
}

function Done({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <div className={styles.form}>
      <p role="status">{text}</p>
      <Button onClick={onClose} autoFocus>
        {texts.close}
      </Button>
    </div>
  );
}

function PasswordForm({ said, user, send }: PasswordFormProps) {
  const { isRunning, error, run } = useTask();
  const [entry, setEntry] = useState(emptyEntry);
  const [problems, setProblems] = useState<Problems>();
  const formRef = useFocusOnProblem(problems);
  const change = (field: Partial<Entry>): void => setEntry({ ...entry, ...field });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = problemsOf(entry, { isNew: user === null });
    setProblems(found);
    if (Object.values(found).some((problem) => problem !== null)) return;
    run(async () => {
      try {
        await send(entry);
      } catch (failure) {
        const ofField = problemsOfFailure(failure);
        if (ofField === null) throw failure;
        setProblems(ofField);
      }
    });
  };
  return (
    <form ref={formRef} className={styles.form} onSubmit={submit} noValidate>
      {said.text !== undefined && <p className={styles.text}>{said.text}</p>}
      <FirstField user={user} entry={entry} problems={problems} onChange={change} />
      <NewPassword
        label={said.password}
        value={entry.password}
        error={problems?.password}
        onChange={(password) => change({ password })}
      />
      <SecretInput
        label={accountTexts.repeat}
        value={entry.repeated}
        error={problems?.repeated}
        onChange={({ currentTarget }) => change({ repeated: currentTarget.value })}
        autoComplete="new-password"
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

interface FirstFieldProps {
  user: string | null;
  entry: Entry;
  problems: Problems | undefined;
  onChange: (field: Partial<Entry>) => void;
}

/** The name to be, or the present password of somebody known. */
function FirstField({ user, entry, problems, onChange }: FirstFieldProps): ReactNode {
  if (user === null) {
    return (
      <TextInput
        label={accountTexts.user}
        value={entry.user}
        error={problems?.user}
        onChange={({ currentTarget }) => onChange({ user: currentTarget.value })}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
        required
        withAsterisk={false}
      />
    );
  }
  return (
    <>
      <input type="text" name="username" autoComplete="username" defaultValue={user} hidden />
      <SecretInput
        label={accountTexts.currentPassword}
        value={entry.current}
        error={problems?.current}
        onChange={({ currentTarget }) => onChange({ current: currentTarget.value })}
        autoComplete="current-password"
        data-autofocus
      />
    </>
  );
}

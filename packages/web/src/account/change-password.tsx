// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has nothing to assign
import './mantine.css';
import { RpcCallError } from '@mediamtx-camera-service/client';
import { Button, Modal, PasswordInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useApp } from '../app-context.ts';
import { explain } from '../explain.ts';
import { texts } from '../texts.ts';
import { useTask } from '../use-task.ts';
import styles from './account.module.css';
import { NewPassword, problemOfNew, problemOfRepeated } from './new-password.tsx';
import { accountTexts } from './texts.ts';

const said = accountTexts.change;

interface ChangePasswordProps {
  isOpen: boolean;
  onClose: () => void;
}

/** The own password, by the present one. */
export default function ChangePassword({ isOpen, onClose }: ChangePasswordProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={said.title}
      size="sm"
      centered
      closeButtonProps={{ 'aria-label': texts.close }}
    >
      <ChangeForm onDone={onClose} />
    </Modal>
  );
}

function ChangeForm({ onDone }: { onDone: () => void }) {
  const { client, store } = useApp();
  const { isRunning, error, run } = useTask(explainChange);
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [problems, setProblems] = useState<{ password: string | null; repeated: string | null }>();
  const user = store.get().user ?? '';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = { password: problemOfNew(password), repeated: problemOfRepeated(password, repeated) };
    setProblems(found);
    if (found.password !== null || found.repeated !== null) return;
    run(async () => {
      await client.call('set_password', { user, password, current_password: current });
      store.announce(said.done);
      onDone();
    });
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <p className={styles.text}>{said.text}</p>
      <input type="text" name="username" autoComplete="username" defaultValue={user} hidden />
      <PasswordInput
        label={accountTexts.currentPassword}
        value={current}
        onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
        autoComplete="current-password"
        visibilityToggleButtonProps={{ 'aria-label': accountTexts.reveal }}
        data-autofocus
        required
        withAsterisk={false}
      />
      <NewPassword
        label={accountTexts.newPassword}
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

function explainChange(error: unknown): string {
  const isWrong = error instanceof RpcCallError && error.data.reason === 'wrong_password';
  return isWrong ? said.wrong : explain(error);
}

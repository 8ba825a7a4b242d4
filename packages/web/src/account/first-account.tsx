import { Button } from '@mantine/core';
import { useState } from 'react';
import { useApp } from '../app-context.ts';
import { enter, logIn } from '../session/log-in.ts';
import styles from './account.module.css';
import { PasswordDialog } from './password-dialog.tsx';
import type { Entry } from './password-entry.ts';
import { accountTexts } from './texts.ts';

const said = accountTexts.first;

/** For who came by the printed link and found no user: a quiet line, and the form behind it. */
export function FirstAccount({ onLater }: { onLater: () => void }) {
  const { client, store } = useApp();
  const [isOpen, setOpen] = useState(false);
  const make = async ({ user, password }: Entry): Promise<void> => {
    const { user: made } = await client.call('create_user', { user, password, role: 'admin' });
    store.patch({ isLeaving: true });
    // Refused, the page goes on with the link's session: the account is there all the same.
    await logIn({ user: made, password });
    enter();
  };
  return (
    <section className={styles.card} aria-labelledby="first-account">
      <div>
        <h2 id="first-account">{said.title}</h2>
        <p>{said.text}</p>
      </div>
      <Button onClick={() => setOpen(true)}>{said.begin}</Button>
      <Button variant="subtle" onClick={onLater}>
        {said.later}
      </Button>
      <PasswordDialog
        title={said.title}
        said={{ password: accountTexts.password, submit: said.submit }}
        user={null}
        send={make}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      />
    </section>
  );
}

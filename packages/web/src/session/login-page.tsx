import { Button, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useAppState } from '../app-context.ts';
import { joinSentences } from '../format.ts';
import { LensIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import styles from './page.module.css';

export function LoginPage() {
  const hasEnded = useAppState((state) => state.hasEnded);
  const hasExpired = new URLSearchParams(location.search).get('login') === 'expired';
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const entry = new FormData(event.currentTarget).get('token');
    const token = typeof entry === 'string' ? entry.trim() : '';
    if (token === '') return setError(texts.login.empty);
    setBusy(true);
    const problem = await logIn(token);
    // The reloaded page comes with its cameras and stills in it.
    if (problem === null) return enter();
    setBusy(false);
    setError(problem);
  };

  return (
    <main className={styles.page}>
      <div className={styles.panel}>
        <span className={styles.mark}>
          <LensIcon />
        </span>
        <h1>{texts.login.title}</h1>
        {hasExpired && <p className={styles.hint}>{texts.login.expired}</p>}
        {hasEnded && <p className={styles.hint}>{texts.login.ended}</p>}
        <p>{texts.login.text}</p>
        <form onSubmit={(event) => void submit(event)} noValidate>
          {/* Password managers file the token under a name; without one they complain on the console. */}
          <input
            type="text"
            name="username"
            autoComplete="username"
            defaultValue={texts.login.label}
            hidden
          />
          <TextInput
            name="token"
            type="password"
            label={texts.login.label}
            error={error}
            autoComplete="current-password"
            spellCheck={false}
            data-autofocus
            size="md"
          />
          <Button type="submit" size="md" fullWidth mt="md" loading={isBusy}>
            {texts.login.submit}
          </Button>
        </form>
        <section className={styles.aside}>
          <h2>{texts.login.howTitle}</h2>
          <p>{texts.login.howText}</p>
          <code>{texts.login.command}</code>
          <p>{texts.login.roles}</p>
        </section>
      </div>
    </main>
  );
}

/** @returns what went wrong, or null */
async function logIn(token: string): Promise<string | null> {
  try {
    const response = await fetch('/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (response.ok) return null;
    return describeRefusal((await response.json()) as Refusal);
  } catch {
    // No answer, or one that isn't the service's.
    return texts.login.unreachable;
  }
}

interface Refusal {
  error: {
    message?: string;
    details?: string;
    suggestion?: string;
    data?: { details?: string; suggestion?: string };
  };
}

function describeRefusal({ error }: Refusal): string {
  const details = error.data?.details ?? error.details ?? error.message ?? texts.login.unreachable;
  return joinSentences([details, error.data?.suggestion ?? error.suggestion]);
}

/** Loads the page anew, with the camera that its address named. */
function enter(): void {
  history.replaceState(null, '', `/${location.hash}`);
  location.reload();
}

import { Button, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useAppState } from '../app-context.ts';
import { LensIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import { useNow } from '../use-now.ts';
import { enter, logIn, type LoginForm, type Refusal } from './log-in.ts';
import styles from './page.module.css';

const said = texts.login;

export function LoginPage() {
  const ended = useAppState((state) => state.ended);
  const hasExpired = new URLSearchParams(location.search).get('login') === 'expired';
  const [isByToken, setByToken] = useState(false);
  return (
    <main className={styles.page}>
      <div className={styles.panel}>
        <span className={styles.mark}>
          <LensIcon />
        </span>
        <h1>{said.title}</h1>
        {hasExpired && <p className={styles.hint}>{said.expired}</p>}
        {ended !== null && (
          <p className={styles.hint} role="alert">
            {said.ended[ended]}
          </p>
        )}
        {isByToken ? <TokenForm /> : <PasswordForm />}
        <p className={styles.otherWay}>
          <Button variant="subtle" onClick={() => setByToken(!isByToken)}>
            {isByToken ? said.byPassword : said.byToken}
          </Button>
        </p>
        <section className={styles.aside}>
          <h2>{said.firstTitle}</h2>
          <p>{said.firstText}</p>
          <code>{said.linkCommand}</code>
          <p>{said.forgotten}</p>
          <code>{said.passwordCommand}</code>
        </section>
      </div>
    </main>
  );
}

function PasswordForm() {
  return (
    <EntryForm
      read={(data) => {
        const user = textOf(data, 'username').trim();
        const password = textOf(data, 'password');
        return user === '' || password === '' ? said.emptyPassword : { user, password };
      }}
    >
      {(error) => (
        <>
          <TextInput
            name="username"
            label={said.user}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            size="md"
            mb="sm"
          />
          <TextInput
            name="password"
            type="password"
            label={said.password}
            error={error}
            autoComplete="current-password"
            size="md"
          />
        </>
      )}
    </EntryForm>
  );
}

function TokenForm() {
  return (
    <EntryForm
      read={(data) => {
        const token = textOf(data, 'token').trim();
        return token === '' ? said.emptyToken : { token };
      }}
    >
      {(error) => (
        <>
          {/* Password managers file the token under a name; without one they complain on the console. */}
          <input type="text" name="username" autoComplete="username" defaultValue={said.token} hidden />
          <TextInput
            name="token"
            type="password"
            label={said.token}
            description={said.tokenHint}
            error={error}
            autoComplete="current-password"
            spellCheck={false}
            autoFocus
            size="md"
          />
        </>
      )}
    </EntryForm>
  );
}

interface EntryFormProps {
  /** What is sent, or what is missing. */
  read: (data: FormData) => LoginForm | string;
  children: (error: ReactNode) => ReactNode;
}

function EntryForm({ read, children }: EntryFormProps) {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [openAgainAt, setOpenAgainAt] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const leftMs = openAgainAt - useNow(openAgainAt > 0);
  const isClosed = leftMs > 0;

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (isClosed) return;
    const form = read(new FormData(event.currentTarget));
    if (typeof form === 'string') return setRefusal({ text: form });
    setBusy(true);
    const problem = await logIn(form);
    if (problem === null) return enter();
    setBusy(false);
    setRefusal(problem);
    setOpenAgainAt(problem.retryAfterMs === undefined ? 0 : Date.now() + problem.retryAfterMs);
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      {children(refusal && describe(refusal, leftMs))}
      <Button type="submit" size="md" fullWidth mt="md" loading={isBusy} disabled={isClosed}>
        {said.submit}
      </Button>
    </form>
  );
}

function describe({ text, retryAfterMs }: Refusal, leftMs: number): string {
  if (retryAfterMs === undefined) return text;
  return `${text} ${leftMs > 0 ? said.waitFor(Math.ceil(leftMs / 1000)) : said.tryNow}`;
}

function textOf(data: FormData, name: string): string {
  const entry = data.get(name);
  return typeof entry === 'string' ? entry : '';
}

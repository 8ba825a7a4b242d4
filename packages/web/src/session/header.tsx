import { useAppState } from '../app-context.ts';
import { KeyboardIcon, LensIcon, SignOutIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import { ConnectionLine } from './connection-line.tsx';
import styles from './header.module.css';

export function Header({ onKeys }: { onKeys: () => void }) {
  const role = useAppState((state) => state.role);
  return (
    <header className={styles.header}>
      <h1 className={styles.title}>
        <LensIcon />
        {texts.title}
      </h1>
      {role === 'viewer' && (
        <span className={styles.role} title={texts.viewOnlyTitle}>
          {texts.viewOnly}
        </span>
      )}
      <ConnectionLine />
      <button
        type="button"
        className={styles.button}
        onClick={onKeys}
        aria-label={texts.keys.button}
        title={`${texts.keys.button} (?)`}
      >
        <KeyboardIcon />
      </button>
      <button
        type="button"
        className={styles.button}
        onClick={() => void signOut()}
        aria-label={texts.signOut}
        title={texts.signOut}
      >
        <SignOutIcon />
      </button>
    </header>
  );
}

async function signOut(): Promise<void> {
  await fetch('/logout', { method: 'POST' });
  location.replace('/');
}

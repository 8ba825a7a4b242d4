import type { MouseEvent, ReactNode } from 'react';
import { AccountMenu } from '../account/account-menu.tsx';
import { useAppState } from '../app-context.ts';
import { ChevronIcon, KeyboardIcon, LensIcon, SettingsIcon } from '../icons.tsx';
import { settingsAddress, showCameras } from '../route.ts';
import { texts } from '../texts.ts';
import { ConnectionLine } from './connection-line.tsx';
import styles from './header.module.css';

export function Header({ onKeys }: { onKeys: () => void }) {
  const role = useAppState((state) => state.role);
  return (
    <HeaderFrame
      title={
        <h1 className={styles.title}>
          <LensIcon />
          {texts.title}
        </h1>
      }
    >
      {role === 'viewer' && (
        <span className={styles.role} title={texts.viewOnlyTitle}>
          {texts.viewOnly}
        </span>
      )}
      <ConnectionLine />
      <button
        type="button"
        className={`${styles.button} ${styles.keys}`}
        onClick={onKeys}
        aria-label={texts.keys.button}
        title={`${texts.keys.button} (?)`}
      >
        <KeyboardIcon />
      </button>
      {role === 'admin' && (
        <a
          className={styles.button}
          href={settingsAddress('people')}
          aria-label={texts.settings}
          title={texts.settings}
        >
          <SettingsIcon />
        </a>
      )}
    </HeaderFrame>
  );
}

/** Of the settings: the way back, in place of what is for pictures. */
export function SettingsHeader() {
  return (
    <HeaderFrame
      title={
        <a className={styles.title} href="/" onClick={goBack} aria-label={texts.backToCameras}>
          <ChevronIcon isLeft />
          {texts.title}
        </a>
      }
    >
      <ConnectionLine />
    </HeaderFrame>
  );
}

function goBack(event: MouseEvent): void {
  // In a new tab the address does it.
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  showCameras();
}

function HeaderFrame({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <>
      <header className={styles.header}>
        {title}
        {children}
        <AccountMenu.Button />
      </header>
      <AccountMenu.Content />
    </>
  );
}

import { Suspense, useRef, useState } from 'react';
import { useApp, useAppState } from '../app-context.ts';
import { LockIcon, PersonIcon, SignOutIcon } from '../icons.tsx';
import { signOut } from '../session/sign-out.ts';
import { texts } from '../texts.ts';
import { lazyPart } from '../lazy-part.tsx';
import headerStyles from '../session/header.module.css';
import styles from './account-menu.module.css';

const ChangePassword = lazyPart(() => import('./change-password.tsx'));

const said = texts.account;
/** The browser's own popover: it closes by itself, and gives the focus back. */
const menuId = 'account-menu';

function Button() {
  const user = useAppState((state) => state.user) ?? said.nobody;
  return (
    <button
      type="button"
      className={headerStyles.button}
      popoverTarget={menuId}
      aria-haspopup="dialog"
      aria-label={said.button(user)}
      title={said.button(user)}
    >
      <PersonIcon />
    </button>
  );
}

function Content() {
  const { store } = useApp();
  const user = useAppState((state) => state.user) ?? said.nobody;
  const role = useAppState((state) => state.role) ?? 'viewer';
  const hasPassword = useAppState((state) => state.hasPassword);
  const menuRef = useRef<HTMLDivElement>(null);
  const [isChanging, setChanging] = useState(false);
  const [wasOpened, setOpened] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const leave = async (): Promise<void> => {
    setFailed(false);
    setFailed(!(await signOut(store)));
  };
  const change = (): void => {
    menuRef.current?.hidePopover();
    setOpened(true);
    setChanging(true);
  };
  const close = (): void => {
    setChanging(false);
    // The item that opened it is hidden by now.
    document.querySelector<HTMLElement>(`[popovertarget="${menuId}"]`)?.focus();
  };
  return (
    <>
      <div
        id={menuId}
        ref={menuRef}
        popover="auto"
        className={styles.menu}
        role="dialog"
        aria-label={said.title}
      >
        <p className={styles.user}>{user}</p>
        <p className={styles.role}>{texts.roles[role]}</p>
        {hasPassword ? (
          <button type="button" className={styles.item} onClick={change}>
            <LockIcon />
            {said.changePassword}
          </button>
        ) : (
          <p className={styles.hint}>{said.noPassword}</p>
        )}
        <button type="button" className={styles.item} onClick={() => void leave()}>
          <SignOutIcon />
          {texts.signOut}
        </button>
        {hasFailed && (
          <p role="alert" className={styles.hint}>
            {said.signOutFailed}
          </p>
        )}
      </div>
      {wasOpened && (
        <Suspense fallback={null}>
          <ChangePassword isOpen={isChanging} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

/** Who is logged in, and what they do about it. The content stands beside the header, which holds buttons alone. */
export const AccountMenu = { Button, Content };

import type { AppStore } from '../app-state.ts';

/** Ends this browser's session and leaves the page. False, with nothing changed, where the service does not answer. */
export async function signOut(store: AppStore): Promise<boolean> {
  store.patch({ isLeaving: true });
  const reply = await fetch('/logout', { method: 'POST' }).catch(() => undefined);
  if (reply?.ok !== true) {
    store.patch({ isLeaving: false });
    return false;
  }
  location.replace('/');
  return true;
}

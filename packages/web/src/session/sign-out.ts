import type { AppStore } from '../app-state.ts';

/** Ends this browser's session. The page is loaded anew also where the service does not answer. */
export async function signOut(store: AppStore): Promise<void> {
  store.patch({ isLeaving: true });
  await fetch('/logout', { method: 'POST' }).catch(() => undefined);
  location.replace('/');
}

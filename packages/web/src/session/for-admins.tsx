import { lazy, Suspense, type ReactNode } from 'react';
import { useAppState } from '../app-context.ts';

// In their own file, and fetched once the pictures are there. Missing after an update, they come with a reload.
const Notes = lazy(() => import('../account/notes.tsx').catch(nothing));

export function NotesForAdmins() {
  const isWanted = useAppState(({ role, isSettled }) => role === 'admin' && isSettled);
  if (!isWanted) return null;
  return (
    <Suspense fallback={null}>
      <Notes />
    </Suspense>
  );
}

function nothing(): { default: () => ReactNode } {
  return { default: () => null };
}

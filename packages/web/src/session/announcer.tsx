import { useAppState } from '../app-context.ts';
import { texts } from '../texts.ts';

/** The one place from which changes are read out; always there, since a region that comes with its text is often missed. */
export function Announcer() {
  const announcement = useAppState((state) => state.announcement);
  return (
    <div className="visually-hidden" role="status" aria-live="polite" aria-label={texts.changes}>
      {announcement}
    </div>
  );
}

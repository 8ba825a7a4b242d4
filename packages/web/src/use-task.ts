import { useCallback, useState } from 'react';
import { explain } from './explain.ts';

export interface Task {
  isRunning: boolean;
  /** Why the last try failed, in words; null where it didn't. */
  error: string | null;
  run: (work: () => Promise<void>) => void;
}

/** What a button does: once at a time, with its failure told beside it. `tell` puts the failure into words. */
export function useTask(tell: (error: unknown) => string = explain): Task {
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const run = useCallback(
    (work: () => Promise<void>) => {
      setRunning(true);
      setError(null);
      work().then(
        () => setRunning(false),
        (problem: unknown) => {
          setRunning(false);
          setError(tell(problem));
        },
      );
    },
    [tell],
  );
  return { isRunning, error, run };
}

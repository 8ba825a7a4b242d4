import { useCallback, useSyncExternalStore } from 'react';

const secondMs = 1_000;

/** The time, a second fresh, while something on the page counts. */
export function useNow(isCounting = true): number {
  const subscribe = useCallback(
    (tick: () => void) => {
      if (!isCounting) return () => undefined;
      const timer = setInterval(tick, secondMs);
      return () => clearInterval(timer);
    },
    [isCounting],
  );
  // Whole seconds, since a snapshot must hold still while the page is rendered.
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / secondMs) * secondMs);
}

import { useState } from 'react';

/** What was put aside here under the key, and what puts aside; the storage decides for how long. */
export function usePutAside(
  storage: Storage,
  key: string,
): [aside: string | null, putAside: (what: string) => void] {
  const [aside, setAside] = useState(() => storage.getItem(key));
  const putAside = (what: string): void => {
    storage.setItem(key, what);
    setAside(what);
  };
  return [aside, putAside];
}

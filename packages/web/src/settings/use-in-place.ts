import { useRef, useState } from 'react';

interface InPlace<T> {
  open: T | null;
  show: (what: T) => void;
  close: () => void;
}

/** What is open inside a row; closed, the focus goes back to where it was opened from. */
export function useInPlace<T extends string>(): InPlace<T> {
  const [open, setOpen] = useState<T | null>(null);
  const opener = useRef<Element | null>(null);
  const show = (what: T): void => {
    opener.current = document.activeElement;
    setOpen(what);
  };
  const close = (): void => {
    setOpen(null);
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  return { open, show, close };
}

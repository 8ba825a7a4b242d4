import { useEffect, useRef, type RefObject } from 'react';

/** Whoever sent what can't be taken goes on in the first field that is to be mended. @returns for the form */
export function useFocusOnProblem(problems: object | undefined): RefObject<HTMLFormElement | null> {
  const formRef = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problems === undefined) return;
    formRef.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problems]);
  return formRef;
}

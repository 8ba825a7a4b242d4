import { useEffect, useRef, type RefObject } from 'react';
import { useApp } from '../app-context.ts';

interface KeyOptions {
  gridRef: RefObject<HTMLDivElement | null>;
  /** A dialog is open and has the keys. */
  isPaused: boolean;
  full: string | null;
  toggleFull: (device: string) => void;
  leaveFull: () => void;
  openHelp: () => void;
  openDetails: (device: string) => void;
}

/** The page's keys; they act on the camera in full view, else the one with the focus, else the first. */
export function useKeys(options: KeyOptions): void {
  const app = useApp();
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || latest.current.isPaused)
        return;
      if (isTyping(event.target)) return;
      const device = chosenDevice(latest.current);
      if (handleKey(event, { options: latest.current, app, device })) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [app]);
}

interface KeyContext {
  options: KeyOptions;
  app: ReturnType<typeof useApp>;
  device: string | undefined;
}

/** @returns whether the key was one of ours */
function handleKey(event: KeyboardEvent, { options, app, device }: KeyContext): boolean {
  if (/^[1-9]$/.test(event.key)) {
    tilesIn(options)[Number(event.key) - 1]?.focus();
    return true;
  }
  const isOperator = app.store.get().role !== 'viewer';
  const bindings: Record<string, (() => void) | undefined> = {
    '?': options.openHelp,
    Escape: options.full === null ? undefined : options.leaveFull,
    Enter: device !== undefined && !isControl(event.target) ? () => options.toggleFull(device) : undefined,
    d: device !== undefined ? () => options.openDetails(device) : undefined,
    s: device !== undefined && isOperator ? () => void app.actions.takeSnapshot(device) : undefined,
    r: device !== undefined && isOperator ? () => void app.actions.toggleRecording(device) : undefined,
  };
  const run = bindings[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (run === undefined || event.repeat) return false;
  run();
  return true;
}

function tilesIn({ gridRef }: KeyOptions): HTMLElement[] {
  return [...(gridRef.current?.querySelectorAll<HTMLElement>('[data-device]') ?? [])];
}

function chosenDevice(options: KeyOptions): string | undefined {
  if (options.full !== null) return options.full;
  const focused = document.activeElement?.closest<HTMLElement>('[data-device]');
  return (focused ?? tilesIn(options)[0])?.dataset['device'];
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a, video[controls], summary') !== null;
}

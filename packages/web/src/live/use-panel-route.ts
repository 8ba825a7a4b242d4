import { useCallback, useRef, useSyncExternalStore } from 'react';
import { useAppState } from '../app-context.ts';
import { followFragment } from '../route.ts';

export interface PanelRoute {
  /** Whose panel is open; null where none is, or the camera isn't there. */
  device: string | null;
  open: (device: string) => void;
  close: () => void;
}

/** The panel that is open is the page's fragment (`/#camera0`), so that it can be linked to, and Back closes it. */
export function usePanelRoute(): PanelRoute {
  const named = useSyncExternalStore(followFragment, readDevice);
  const isKnown = useAppState(({ cameras }) => cameras.some(({ device }) => device === named));
  const isOpenedHere = useRef(false);
  const open = useCallback((device: string) => {
    if (readDevice() !== null) return location.replace(`#${device}`);
    isOpenedHere.current = true;
    location.hash = device;
  }, []);
  const close = useCallback(() => {
    if (isOpenedHere.current) {
      isOpenedHere.current = false;
      return history.back();
    }
    history.replaceState(null, '', location.pathname + location.search);
    // A replaced state is told to nobody.
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  }, []);
  return { device: isKnown ? named : null, open, close };
}

function readDevice(): string | null {
  return /^#(camera\d+)$/.exec(location.hash)?.[1] ?? null;
}

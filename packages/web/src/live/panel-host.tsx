import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { texts } from '../texts.ts';
import type { PanelRoute } from './use-panel-route.ts';
import styles from './live-page.module.css';

// In its own file: no first picture waits for it.
const CameraPanel = lazy(() =>
  import('../camera/camera-panel.tsx').catch(() => ({ default: PanelUnavailable })),
);

/** The panel of the camera that the page's address names; loaded when the first one is opened. */
export function PanelHost({ panel: { device, open, close } }: { panel: PanelRoute }) {
  // Kept while it slides away.
  const [shown, setShown] = useState(device);
  if (device !== null && device !== shown) setShown(device);
  const isOpen = device !== null;
  const wasOpen = useRef(false);
  useEffect(() => {
    // Back to where the panel came from, so that the page's keys go on with that camera.
    if (wasOpen.current && !isOpen) {
      document.querySelector<HTMLElement>(`[data-device="${shown}"]`)?.focus({ preventScroll: true });
    }
    wasOpen.current = isOpen;
  }, [isOpen, shown]);
  if (shown === null) return null;
  return (
    <Suspense fallback={null}>
      <CameraPanel device={shown} isOpen={isOpen} onOpen={open} onClose={close} />
    </Suspense>
  );
}

/** The service was replaced by another version while the page was open. */
function PanelUnavailable({ isOpen }: { isOpen: boolean }): ReactNode {
  if (!isOpen) return null;
  return (
    <p className={styles.unavailable} role="alert">
      {texts.panelUnavailable}
    </p>
  );
}

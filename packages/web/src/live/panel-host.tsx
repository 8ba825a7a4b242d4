import { Suspense, useEffect, useRef, useState } from 'react';
import { lazyPart } from '../lazy-part.tsx';
import type { PanelRoute } from './use-panel-route.ts';

const CameraPanel = lazyPart(() => import('../camera/camera-panel.tsx'));

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

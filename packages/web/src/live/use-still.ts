import { useCallback, useEffect, useRef, useState } from 'react';

export interface Still {
  src: string | null;
  /** By this page's clock; null while unknown. */
  capturedAt: number | null;
  keepFrame: (element: HTMLVideoElement) => void;
  onError: () => void;
}

/** The preload in the page's head has this very address, so that the first render shows it without a round trip. */
const stillUrl = (device: string): string => `/media/${device}/still.jpg?width=1280`;

/**
 * The picture behind the live one: at first the server's newest still, later the last frame that was shown.
 * `needsAge`: the still is looked at for longer than a blink, so how old it is must be said.
 */
export function useStill(device: string, needsAge: boolean): Still {
  const [still, setStill] = useState<{ src: string | null; capturedAt: number | null }>({
    src: stillUrl(device),
    capturedAt: null,
  });
  const hasFrame = useRef(false);
  const keepFrame = useCallback((element: HTMLVideoElement) => {
    const src = drawFrame(element);
    if (src === null) return;
    hasFrame.current = true;
    setStill({ src, capturedAt: Date.now() });
  }, []);
  useEffect(() => {
    if (!needsAge || still.src === null || still.capturedAt !== null) return undefined;
    const controller = new AbortController();
    fetchStill(stillUrl(device), controller.signal).then(
      (fetched) => {
        if (!hasFrame.current) setStill(fetched);
      },
      () => {
        // The still on the screen stays, without an age.
      },
    );
    return () => controller.abort();
  }, [device, needsAge, still]);
  useEffect(() => {
    const { src } = still;
    return src?.startsWith('blob:') ? () => URL.revokeObjectURL(src) : undefined;
  }, [still]);
  const onError = useCallback(() => setStill({ src: null, capturedAt: null }), []);
  return { ...still, keepFrame, onError };
}

async function fetchStill(url: string, signal: AbortSignal): Promise<{ src: string; capturedAt: number }> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const ageMs = Number(response.headers.get('x-age-ms') ?? 0);
  return { src: URL.createObjectURL(await response.blob()), capturedAt: Date.now() - ageMs };
}

function drawFrame(element: HTMLVideoElement): string | null {
  if (element.videoWidth === 0) return null;
  const canvas = document.createElement('canvas');
  canvas.width = element.videoWidth;
  canvas.height = element.videoHeight;
  canvas.getContext('2d')?.drawImage(element, 0, 0);
  return canvas.toDataURL('image/jpeg', 0.85);
}

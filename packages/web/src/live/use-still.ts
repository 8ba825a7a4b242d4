import { useCallback, useEffect, useState } from 'react';

interface StillPicture {
  src: string | null;
  /** By this page's clock; null while unknown. */
  capturedAt: number | null;
}

export interface Still extends StillPicture {
  /** `frozenMs`: how long the frame has been standing already. */
  keepFrame: (element: HTMLVideoElement, frozenMs: number) => void;
  replace: (picture: StillPicture) => void;
  onError: () => void;
}

/** The preload in the page's head has this very address, so that the first render shows it without a round trip. */
const stillUrl = (device: string): string => `/media/${device}/still.jpg?width=1280`;

/** The picture behind the live one: at first the server's newest still, later the last frame that was shown. */
export function useStill(device: string): Still {
  const [still, setStill] = useState<StillPicture>({ src: stillUrl(device), capturedAt: null });
  const keepFrame = useCallback((element: HTMLVideoElement, frozenMs: number) => {
    const src = drawFrame(element);
    if (src !== null) setStill({ src, capturedAt: Date.now() - frozenMs });
  }, []);
  useEffect(() => {
    const { src } = still;
    return src?.startsWith('blob:') ? () => URL.revokeObjectURL(src) : undefined;
  }, [still]);
  const onError = useCallback(() => setStill({ src: null, capturedAt: null }), []);
  return { ...still, keepFrame, replace: setStill, onError };
}

/** An image element doesn't tell how old its picture is; where that must be said, it is fetched with its age. */
export function useStillAge(device: string, { src, capturedAt, replace }: Still, isNeeded: boolean): void {
  const isMissing = isNeeded && src !== null && capturedAt === null;
  useEffect(() => {
    if (!isMissing) return undefined;
    const controller = new AbortController();
    // Without an age the still that is on the screen stays as it is.
    fetchStill(stillUrl(device), controller.signal).then(replace, () => undefined);
    return () => controller.abort();
  }, [device, isMissing, replace]);
}

async function fetchStill(url: string, signal: AbortSignal): Promise<StillPicture> {
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

import type { AppState, AppStore, CameraView } from '../app-state.ts';

const storageKey = 'cameras-that-differ';

/** A camera that this one may be, by what the service could tell; none that a person called another. */
export function candidateOf(camera: CameraView, { cameras, deniedPairs }: AppState): CameraView | undefined {
  return cameras.find(
    ({ device }) =>
      camera.identity.candidates.includes(device) && !deniedPairs.includes(pairOf(camera.device, device)),
  );
}

/** Kept in this browser, so that no question is asked twice. */
export function denySame(store: AppStore, device: string, other: string): void {
  const deniedPairs = [...new Set([...store.get().deniedPairs, pairOf(device, other)])];
  store.patch({ deniedPairs });
  localStorage.setItem(storageKey, JSON.stringify(deniedPairs));
}

export function readDeniedPairs(): string[] {
  try {
    const pairs: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(pairs) ? pairs.filter((pair) => typeof pair === 'string') : [];
  } catch {
    // Written by something else: as if nothing had been answered.
    return [];
  }
}

function pairOf(device: string, other: string): string {
  return `${device} ${other}`;
}

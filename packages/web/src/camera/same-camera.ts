import type { AppState, CameraView } from '../app-state.ts';

/** A camera that this one may be, by what the service could tell. */
export function candidateOf({ identity }: CameraView, { cameras }: AppState): CameraView | undefined {
  return cameras.find(({ device }) => identity.candidates.includes(device));
}

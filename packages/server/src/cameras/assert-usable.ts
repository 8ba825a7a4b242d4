import { AppError } from '../errors.ts';
import type { Camera } from './camera.ts';
import type { CameraStatus } from './camera-state.ts';

/** Throws `invalid_state` for a camera that is in none of the given states, or whose mode is off. */
export function assertUsable(
  camera: Pick<Camera, 'device' | 'state' | 'status' | 'statusReason' | 'remedy'>,
  allowed: CameraStatus[] = ['CONNECTED'],
): void {
  const { device, state, status, statusReason, remedy } = camera;
  if (allowed.includes(status) && state !== 'off') return;
  const shown = state === 'off' ? 'OFF' : status;
  throw new AppError('invalid_state', {
    reason: `camera_${shown.toLowerCase()}`,
    state: shown,
    allowed_states: ['CONNECTED'],
    details: `${device} is ${shown}: ${statusReason ?? ''}`,
    suggestion: remedy ?? 'Try again when the camera is CONNECTED; camera_status_update tells it.',
  });
}

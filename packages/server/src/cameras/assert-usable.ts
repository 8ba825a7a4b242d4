import { AppError } from '../errors.ts';
import type { Camera, CameraStatus } from './camera.ts';

/** Throws `invalid_state` for a camera that is in none of the given states. */
export function assertUsable(
  { device, status, statusReason }: Pick<Camera, 'device' | 'status' | 'statusReason'>,
  allowed: CameraStatus[] = ['CONNECTED'],
): void {
  if (allowed.includes(status)) return;
  throw new AppError('invalid_state', {
    reason: `camera_${status.toLowerCase()}`,
    state: status,
    allowed_states: ['CONNECTED'],
    details: `${device} is ${status}: ${statusReason ?? ''}`,
    suggestion: 'Try again when the camera is CONNECTED; camera_status_update tells it.',
  });
}

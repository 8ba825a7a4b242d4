import type { CameraReason } from '@mediamtx-camera-service/protocol';
import type { DeviceProblem } from '../device.ts';
import { NativeCallsUnavailableError } from './ioctl.ts';

/** The errno's name of a failed open or ioctl; 'UNKNOWN' for anything else. */
export function errorCode(error: unknown): string {
  if (error instanceof NativeCallsUnavailableError) return 'NATIVE';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

const REASONS: Readonly<Record<string, readonly [code: CameraReason, reason: string]>> = {
  EACCES: ['permission', 'permission denied: add the user to group video'],
  EPERM: ['permission', 'not permitted: give this container or service access to the device'],
  ENODEV: ['dead', 'the device does not answer (ENODEV): unplug it and plug it in again'],
  ENXIO: ['dead', 'the device does not answer (ENXIO): unplug it and plug it in again'],
  EIO: [
    'io_error',
    'the device answers with an input/output error (EIO): check its cable, or plug it in again',
  ],
  ENOSPC: ['bandwidth', 'not enough USB bandwidth (ENOSPC): plug the camera into another USB controller'],
  NATIVE: ['unusable', 'cameras cannot be asked on this system: the native module koffi does not load'],
};

/** A failed open or ioctl in words for a person. The text depends on the code alone, so it does not flicker. */
export function problemFor(errno: string): DeviceProblem {
  if (errno === 'EBUSY')
    return {
      status: 'BUSY',
      code: 'busy',
      reason: 'another program has the camera open (EBUSY): close it',
    };
  const [code, reason] = REASONS[errno] ?? ['dead', `the device cannot be opened (${errno})`];
  return { status: 'ERROR', code, reason };
}

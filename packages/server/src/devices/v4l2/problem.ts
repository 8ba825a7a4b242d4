import type { DeviceProblem } from '../device.ts';
import { NativeCallsUnavailableError } from './ioctl.ts';

/** The errno's name of a failed open or ioctl; 'UNKNOWN' for anything else. */
export function errorCode(error: unknown): string {
  if (error instanceof NativeCallsUnavailableError) return 'NATIVE';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied: add the user to group video',
  EPERM: 'not permitted: give this container or service access to the device',
  ENODEV: 'the device does not answer (ENODEV): unplug it and plug it in again',
  ENXIO: 'the device does not answer (ENXIO): unplug it and plug it in again',
  EIO: 'the device answers with an input/output error (EIO): check its cable, or plug it in again',
  ENOSPC: 'not enough USB bandwidth (ENOSPC): plug the camera into another USB controller',
  NATIVE: 'cameras cannot be asked on this system: the native module koffi does not load',
};

/** A failed open or ioctl in words for a person. The text depends on the code alone, so it does not flicker. */
export function problemFor(code: string): DeviceProblem {
  if (code === 'EBUSY')
    return { status: 'BUSY', reason: 'another program has the camera open (EBUSY): close it' };
  return { status: 'ERROR', reason: REASONS[code] ?? `the device cannot be opened (${code})` };
}

import type { Result } from '@mediamtx-camera-service/protocol';

/**
 * Two generations of clients: the first names a camera by its node (`/dev/video0`) and reads other words in two
 * results; the second names it `camera0`. Nothing else in the service knows of this. File names carry their extension
 * for both.
 */
function isFirstGeneration(deviceForm: string): boolean {
  return deviceForm.startsWith('/dev/');
}

/** `status` of take_snapshot. */
export function snapshotStatus(deviceForm: string): Result<'take_snapshot'>['status'] {
  return isFirstGeneration(deviceForm) ? 'completed' : 'SUCCESS';
}

/** `status` of start_recording. */
export function recordingStartStatus(deviceForm: string): Result<'start_recording'>['status'] {
  return isFirstGeneration(deviceForm) ? 'STARTED' : 'RECORDING';
}

/** A file's name as both generations read it: with its extension. */
export function fileNameWithExtension(fileName: string, extension: string): string {
  const ending = `.${extension}`;
  return fileName.toLowerCase().endsWith(ending) ? fileName : `${fileName}${ending}`;
}

import { AppError } from '../errors.ts';
import type { SessionRow } from '../store/recordings.ts';

export function notRecording(device: string): AppError {
  return new AppError('invalid_state', {
    reason: 'not_recording',
    state: 'not_recording',
    allowed_states: ['recording'],
    details: `${device} is not recording`,
    suggestion: 'start_recording begins one.',
  });
}

export function alreadyRecording(device: string, sessionId: string | null): AppError {
  return new AppError('invalid_state', {
    reason: 'already_recording',
    state: 'recording',
    allowed_states: ['not_recording'],
    session_id: sessionId,
    details: `${device} is recording already`,
    suggestion: 'stop_recording ends it.',
  });
}

export function isBeingClosed(device: string, sessionId: string | null): AppError {
  return new AppError('invalid_state', {
    reason: 'recording_is_closed',
    state: 'closing',
    allowed_states: ['not_recording'],
    session_id: sessionId,
    details: `the last recording of ${device} is being closed`,
    suggestion: 'Try again in a moment; recording_status_update tells its end.',
  });
}

export function nothingRecorded(device: string): AppError {
  return new AppError('dependency_failed', {
    reason: 'nothing_recorded',
    dependency: 'camera',
    detail: 'no frame was recorded',
    details: `${device}: not a single frame was recorded`,
    suggestion: 'Look at get_camera_status: its status_reason says why there was no picture.',
  });
}

/** A file that is there only when its recording is closed. */
export function notClosedYet({ filename, device, session_id, state }: SessionRow): AppError {
  const isRunning = state === 'recording';
  return new AppError('invalid_state', {
    reason: isRunning ? 'recording_runs' : 'recording_is_closed',
    state,
    allowed_states: ['closed'],
    session_id,
    details: `${filename} ${isRunning ? 'is being recorded' : `is being made: the last recording of ${device} is being closed`}`,
    suggestion: isRunning
      ? 'stop_recording ends it; get_camera_status tells of it while it runs.'
      : 'Try again in a moment; recording_status_update tells its end.',
  });
}

export function isProtected(filename: string): AppError {
  return new AppError('invalid_state', {
    reason: 'recording_is_protected',
    state: 'protected',
    allowed_states: ['unprotected'],
    details: `${filename} is protected`,
    suggestion: 'Nothing deletes a protected recording; set_recording {protected: false} lets it go.',
  });
}

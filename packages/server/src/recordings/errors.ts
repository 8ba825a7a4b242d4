import { AppError } from '../errors.ts';

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

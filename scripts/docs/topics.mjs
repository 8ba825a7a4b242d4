const deletedData = ['device', 'filename', 'file_size', 'reason'];
const recordingData = ['device', 'filename', 'duration', 'session_id', 'reason', 'status'];

/**
 * What each topic tells.
 * @type {Record<import('@mediamtx-camera-service/protocol').EventTopic, { meaning: string, data: string[] }>}
 */
export const topicMeanings = {
  'camera.connected': { meaning: 'A camera can be used', data: ['device', 'name', 'node'] },
  'camera.disconnected': { meaning: 'A camera is gone', data: ['device', 'reason'] },
  'camera.status_change': {
    meaning:
      'The `status` of a camera changed, or why it is so; other changes of it are told by the notification `camera_status_update`',
    data: ['device', 'from', 'to', 'status', 'state', 'reason', 'reason_code', 'notice'],
  },
  'camera.capability_detected': {
    meaning: 'The formats and modes of a camera were read, or are others than before',
    data: ['device', 'formats', 'validation_status'],
  },
  'camera.capability_error': {
    meaning: 'What a camera can do could not be asked',
    data: ['device', 'reason'],
  },
  'camera.forgotten': { meaning: 'A camera is known no more: forgotten, or merged', data: ['device'] },
  'recording.start': { meaning: 'The file of a recording is there', data: recordingData },
  'recording.stop': {
    meaning: 'A recording is closed and playable',
    data: ['device', 'filename', 'duration', 'session_id', 'file_size', 'start_time', 'end_time'],
  },
  'recording.progress': {
    meaning: 'A recording goes on; once a minute',
    data: ['device', 'filename', 'duration', 'session_id', 'reason'],
  },
  'recording.error': {
    meaning: 'A recording is in trouble (`status` ERROR) or ended without a file (FAILED)',
    data: recordingData,
  },
  'recording.updated': {
    meaning: 'A recording, closed or not, was protected by set_recording, or is protected no more',
    data: ['device', 'filename', 'protected'],
  },
  'recording.deleted': {
    meaning:
      'A closed recording is gone; `reason`: `request`, `retention`, `forgotten` with its camera, or `missing` where somebody had removed its file',
    data: deletedData,
  },
  'snapshot.taken': { meaning: 'A snapshot was kept', data: ['device', 'filename', 'file_size'] },
  'snapshot.error': { meaning: 'A snapshot could not be taken', data: ['device', 'reason'] },
  'snapshot.deleted': {
    meaning: 'A snapshot is gone; `reason` as with recording.deleted',
    data: deletedData,
  },
  'system.health': {
    meaning: 'The health of the service or of a part changed',
    data: ['status', 'components', 'problems'],
  },
  'system.startup': { meaning: 'The service is up', data: ['version'] },
  'system.shutdown': { meaning: 'The service ends; sockets are closed next', data: ['reason'] },
  'system.error': {
    meaning: 'A call met a fault of the service; the log has it under the id',
    data: ['method', 'request_id'],
  },
  'system.config': {
    meaning: 'The configuration was changed; by paths, without values',
    data: ['applied', 'restart_needed'],
  },
  'mediamtx.stream': { meaning: 'A path got its picture or lost it', data: ['name', 'ready'] },
  'mediamtx.path': { meaning: 'A stream was created or deleted', data: ['name', 'action'] },
  'mediamtx.error': { meaning: 'MediaMTX does not answer', data: ['reason'] },
};

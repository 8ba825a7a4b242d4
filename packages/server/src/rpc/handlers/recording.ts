import type { Params } from '@mediamtx-camera-service/protocol';
import type { CameraRegistry } from '../../cameras/registry.ts';
import { AppError } from '../../errors.ts';
import type { Recordings } from '../../recordings/recordings.ts';
import type { RecordingRow, RecordingStore } from '../../store/recordings.ts';
import type { HandlersOf } from '../call.ts';
import { notYet } from './not-yet.ts';
import { catalogQuery } from '../catalog-query.ts';
import { recordingStartStatus } from '../compatibility.ts';
import { visibleCamera } from '../visible-camera.ts';

export interface RecordingHandlerDeps {
  cameras: CameraRegistry;
  recordings: Recordings;
  store: RecordingStore;
  downloadUrl: (kind: 'recordings', filename: string) => string;
}

const maxDurationSeconds = 86_400;

export function recordingHandlers(deps: RecordingHandlerDeps): HandlersOf<'recording'> {
  const { cameras, recordings, store, downloadUrl } = deps;
  return {
    start_recording: async (params, context) => {
      const camera = visibleCamera(cameras, params.device, context);
      const wanted = camera.row.settings.recording;
      const row = await recordings.record(camera, {
        durationSeconds: readDuration(params) ?? wanted.duration,
        format: params.format ?? wanted.format ?? 'mp4',
      });
      return {
        device: params.device,
        session_id: row.session_id,
        recording_id: row.session_id,
        filename: row.filename,
        status: recordingStartStatus(context.deviceForm),
        start_time: new Date(row.started_at).toISOString(),
        duration: row.duration,
        format: row.format,
        success: true,
      };
    },
    get_recording_info: notYet,
    delete_recording: notYet,
    stop_recording: async ({ device }, context) => {
      const row = await recordings.finish(visibleCamera(cameras, device, context).device);
      return {
        device,
        session_id: row.session_id,
        recording_id: row.session_id,
        filename: row.filename,
        status: 'STOPPED',
        start_time: new Date(row.start_at).toISOString(),
        end_time: new Date(row.end_at).toISOString(),
        duration: row.duration_ms / 1000,
        file_size: row.size,
        size_bytes: row.size,
        format: row.format,
        download_url: downloadUrl('recordings', row.filename),
        success: true,
      };
    },
    list_recordings: (params, context) => {
      const device = params.device && visibleCamera(cameras, params.device, context).device;
      const { rows, total } = store.query(catalogQuery(params, device));
      const files = rows.map((row) => viewRecording(row, downloadUrl('recordings', row.filename)));
      return { files, total, limit: params.limit, offset: params.offset };
    },
  };
}

function viewRecording(row: RecordingRow, downloadUrl: string) {
  return {
    filename: row.filename,
    device: row.device,
    file_size: row.size,
    size_bytes: row.size,
    duration: row.duration_ms / 1000,
    format: row.format,
    modified_time: new Date(row.end_at).toISOString(),
    created_time: new Date(row.start_at).toISOString(),
    protected: row.protected === 1,
    download_url: downloadUrl,
  };
}

/** One of the four ways to say how long; seconds, or null for until stopped. */
function readDuration(params: Params<'start_recording'>): number | null {
  const ways = [
    ['duration', params.duration, 1],
    ['duration_seconds', params.duration_seconds, 1],
    ['duration_minutes', params.duration_minutes, 60],
    ['duration_hours', params.duration_hours, 3_600],
  ] as const;
  const given = ways.filter(([, value]) => value !== undefined);
  const [first, second] = given;
  if (!first) return null;
  const seconds = first[1]! * first[2];
  if (second)
    throw invalidDuration(second[0], 'only_one', `give one duration, not both ${first[0]} and ${second[0]}`);
  if (seconds > maxDurationSeconds)
    throw invalidDuration(first[0], 'max', `at most ${maxDurationSeconds} seconds`);
  return seconds;
}

function invalidDuration(param: string, rule: string, hint: string): AppError {
  return new AppError('invalid_params', {
    reason: rule,
    param,
    rule,
    hint,
    details: `${param}: ${hint}`,
    suggestion: hint,
  });
}

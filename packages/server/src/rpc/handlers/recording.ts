import type { Params } from '@mediamtx-camera-service/protocol';
import type { CameraRegistry } from '../../cameras/registry.ts';
import { AppError } from '../../errors.ts';
import type { RecordingProtection } from '../../recordings/protection.ts';
import type { Recordings } from '../../recordings/recordings.ts';
import { readVideoHeader } from '../../recordings/video-header.ts';
import { unknownFile, type KeptFiles } from '../../retention/kept-files.ts';
import type { RecordingRow, RecordingStore } from '../../store/recordings.ts';
import type { CallContext, HandlersOf } from '../call.ts';
import { catalogQuery } from '../catalog-query.ts';
import { recordingStartStatus } from '../compatibility.ts';
import { describeRecording, viewRecording, viewUnclosed } from '../recording-view.ts';
import { visibleCamera } from '../visible-camera.ts';
import { visibleRecording, visibleRecordingOrSession } from '../visible-file.ts';

export interface RecordingHandlerDeps {
  cameras: CameraRegistry;
  recordings: Recordings;
  store: RecordingStore;
  keptFiles: Pick<KeptFiles, 'locate' | 'delete'>;
  protection: Pick<RecordingProtection, 'set' | 'isMarked'>;
  /** A link that ends with the rights of whom it is made for. */
  downloadUrl: (kind: 'recordings', filename: string, context: Pick<CallContext, 'identity'>) => string;
}

const maxDurationSeconds = 86_400;

export function recordingHandlers(deps: RecordingHandlerDeps): HandlersOf<'recording'> {
  const { cameras, recordings, store, keptFiles, protection, downloadUrl } = deps;
  const describeClosed = async (row: RecordingRow, context: CallContext) => {
    const { filename } = row;
    const path = await keptFiles.locate({ kind: 'recordings', filename });
    if (path === undefined) throw unknownFile({ kind: 'recordings', filename });
    const video = await readVideoHeader(path, row.format);
    return describeRecording(row, { video, downloadUrl: downloadUrl('recordings', filename, context) });
  };
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
    get_recording_info: async ({ filename }, context) => {
      return describeClosed(visibleRecording(store, filename, context), context);
    },
    set_recording: async ({ filename, protected: isProtected }, context) => {
      visibleRecordingOrSession(store, filename, context);
      await protection.set(filename, isProtected);
      const entry = visibleRecordingOrSession(store, filename, context);
      const described =
        'state' in entry
          ? viewUnclosed(entry, protection.isMarked(entry))
          : await describeClosed(entry, context);
      const message = `${filename} is ${described.protected ? '' : 'not '}protected`;
      return { ...described, message, success: true };
    },
    delete_recording: async ({ filename }, context) => {
      visibleRecording(store, filename, context);
      await keptFiles.delete({ kind: 'recordings', filename });
      return { filename, deleted: true, message: `${filename} was deleted`, success: true };
    },
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
        protected: row.protected === 1,
        download_url: downloadUrl('recordings', row.filename, context),
        success: true,
      };
    },
    list_recordings: (params, context) => {
      const device = params.device && visibleCamera(cameras, params.device, context).device;
      const { rows, total } = store.query(catalogQuery(params, device, context));
      const files = rows.map((row) => viewRecording(row, downloadUrl('recordings', row.filename, context)));
      return { files, total, limit: params.limit, offset: params.offset };
    },
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

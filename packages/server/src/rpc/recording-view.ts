import type { VideoHeader } from '../recordings/video-header.ts';
import type { RecordingRow, SessionRow } from '../store/recordings.ts';

/** A closed recording as lists have it. */
export function viewRecording(row: RecordingRow, downloadUrl: string) {
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

/** A closed recording with all that is known of it. */
export function describeRecording(
  row: RecordingRow,
  { video, downloadUrl }: { video: VideoHeader | undefined; downloadUrl: string },
) {
  return {
    ...viewRecording(row, downloadUrl),
    end_time: new Date(row.end_at).toISOString(),
    resolution: video ? `${video.width}x${video.height}` : null,
    codec: video?.codec ?? null,
    recording_id: row.session_id,
    segments: row.segments,
  };
}

/** One that runs or is being closed: what only its closed file tells is null. */
export function viewUnclosed(session: SessionRow, isProtected: boolean) {
  return {
    filename: session.filename,
    device: session.device,
    file_size: null,
    size_bytes: null,
    duration: null,
    format: session.format,
    modified_time: null,
    created_time: new Date(session.started_at).toISOString(),
    protected: isProtected,
    download_url: null,
    end_time: null,
    resolution: null,
    codec: null,
    recording_id: session.session_id,
    segments: null,
  };
}

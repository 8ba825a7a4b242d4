import type { RecordingFile, Result, SnapshotFile } from '@mediamtx-camera-service/client';

/** A recording or a snapshot, as the strip and the viewer need it. */
export interface Clip {
  kind: 'recording' | 'snapshot';
  filename: string;
  device: string;
  createdAt: string;
  sizeBytes: number;
  url: string;
  /** Recordings. */
  durationSeconds?: number;
  /** Nothing deletes it; only recordings can be. */
  isProtected: boolean;
  /** Snapshots; a recording's is read from its file when it is opened. */
  resolution?: string;
  /** It came while the page was open, and slides in. */
  isNew?: boolean;
}

export function keyOf({ kind, filename }: Pick<Clip, 'kind' | 'filename'>): string {
  return `${kind}/${filename}`;
}

export function ofRecording(file: RecordingFile): Clip {
  return {
    kind: 'recording',
    filename: file.filename,
    device: file.device,
    createdAt: file.created_time,
    sizeBytes: file.file_size,
    url: file.download_url,
    durationSeconds: file.duration,
    isProtected: file.protected,
  };
}

export function ofSnapshot(file: SnapshotFile): Clip {
  return {
    kind: 'snapshot',
    filename: file.filename,
    device: file.device,
    createdAt: file.created_time,
    sizeBytes: file.file_size,
    url: file.download_url,
    isProtected: false,
    resolution: `${file.width}×${file.height}`,
  };
}

export function ofTaken(taken: Result<'take_snapshot'>): Clip {
  return {
    ...ofSnapshot({ ...taken, modified_time: taken.timestamp, created_time: taken.captured_at }),
    isNew: true,
  };
}

export function ofStopped(stopped: Result<'stop_recording'>): Clip {
  return {
    ...ofRecording({
      ...stopped,
      modified_time: stopped.end_time,
      created_time: stopped.start_time,
    }),
    isNew: true,
  };
}

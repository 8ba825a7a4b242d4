import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors.ts';

/** Where the files of one camera's recordings are. */
export interface RecordingLayout {
  /** Closed recordings, as they are downloaded. */
  dir: string;
  /** What MediaMTX writes at present. */
  segmentsDir: string;
  /** The segments of a session that is being closed; they stay until its recording is in the catalog. */
  closingDir: (sessionId: string) => string;
  /** Segments without a single complete fragment; kept for a person to look at. */
  brokenDir: string;
}

export function recordingLayout(recordingsDir: string, device: string): RecordingLayout {
  const dir = join(recordingsDir, device);
  return {
    dir,
    segmentsDir: join(dir, 'segments'),
    closingDir: (sessionId) => join(dir, `closing-${sessionId}`),
    brokenDir: join(dir, 'broken'),
  };
}

export interface Segment {
  path: string;
  /** Of its first frame, epoch milliseconds; MediaMTX writes it into the name. */
  startMs: number;
}

/** MediaMTX's files (`SECONDS-MICROSECONDS.mp4`), oldest first; a missing directory is an empty one. */
export async function listSegments(dir: string): Promise<Segment[]> {
  return (await listDirectory(dir))
    .flatMap((name) => {
      const match = /^(\d+)-(\d{6})\.mp4$/.exec(name);
      return match
        ? [{ path: join(dir, name), startMs: Number(match[1]) * 1000 + Number(match[2]) / 1000 }]
        : [];
    })
    .sort((a, b) => a.startMs - b.startMs);
}

export async function listDirectory(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

export const extensions = { mp4: 'mp4', fmp4: 'mp4', mkv: 'mkv' } as const;

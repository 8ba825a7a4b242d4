import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Logger } from 'pino';
import { AppError } from '../errors.ts';
import { run } from '../process/run.ts';
import { describeExit } from '../process/supervisor.ts';
import { partPrefix, publishFile, syncFile } from '../store/atomic-file.ts';
import { storageFull } from '../store/storage-error.ts';
import type { RecordingRow, RecordingStore, SessionRow } from '../store/recordings.ts';
import { readFmp4, type Fmp4Summary } from './fmp4.ts';
import { listSegments, recordingLayout, type Segment } from './layout.ts';

export interface CloserDeps {
  store: RecordingStore;
  recordingsDir: string;
  /** For joining and remuxing; a single segment needs none. */
  ffmpeg: () => string;
  now: () => number;
  log: Logger;
}

interface ReadSegment extends Segment {
  summary: Fmp4Summary;
}

/**
 * Turns the segments of a session into one closed, playable file and its catalog row. Every step can be cut off by a
 * kill and done again: the segments move to a directory of the session, the file gets its name, the row is written, and
 * only then the segments go. A directory whose session is no more in the store is a leftover of the last step.
 */
export class RecordingCloser {
  readonly #deps: CloserDeps;

  constructor(deps: CloserDeps) {
    this.#deps = deps;
  }

  /** Undefined where not a single frame was recorded; the session is gone then too. */
  async close(session: SessionRow): Promise<RecordingRow | undefined> {
    const { store, recordingsDir, now } = this.#deps;
    const layout = recordingLayout(recordingsDir, session.device);
    const closingDir = layout.closingDir(session.session_id);
    await mkdir(closingDir, { recursive: true });
    for (const segment of await listSegments(layout.segmentsDir)) {
      await rename(segment.path, join(closingDir, basename(segment.path)));
    }
    const segments = await this.#readSegments(closingDir, layout.brokenDir);
    const [first, last] = [segments[0], segments.at(-1)];
    if (!first || !last) {
      store.removeSession(session.session_id);
      await rm(closingDir, { recursive: true, force: true });
      return undefined;
    }
    const path = join(layout.dir, session.filename);
    // Not in the catalog, so it is the leftover of a try that was cut off.
    await rm(path, { force: true });
    await this.#makeFile(segments, session, path);
    const row: RecordingRow = {
      filename: session.filename,
      session_id: session.session_id,
      device: session.device,
      format: session.format,
      size: (await stat(path)).size,
      duration_ms: Math.round(segments.reduce((sum, { summary }) => sum + summary.durationMs, 0)),
      start_at: Math.round(first.startMs),
      end_at: Math.round(last.startMs + last.summary.durationMs),
      created_at: now(),
      protected: 0,
    };
    store.close(row);
    await rm(closingDir, { recursive: true, force: true });
    return row;
  }

  async #readSegments(dir: string, brokenDir: string): Promise<ReadSegment[]> {
    const segments: ReadSegment[] = [];
    for (const segment of await listSegments(dir)) {
      const summary = await readFmp4(segment.path);
      if (summary) {
        segments.push({ ...segment, summary });
        continue;
      }
      await mkdir(brokenDir, { recursive: true });
      await rename(segment.path, join(brokenDir, basename(segment.path)));
      this.#deps.log.warn({ path: segment.path }, 'a segment without a complete picture was put aside');
    }
    return segments;
  }

  async #makeFile(segments: ReadSegment[], session: SessionRow, path: string): Promise<void> {
    const [only] = segments;
    if (segments.length === 1 && only?.summary.isFinalised && session.format !== 'mkv') {
      await syncFile(only.path);
      await publishFile(only.path, path);
      return;
    }
    const dir = recordingLayout(this.#deps.recordingsDir, session.device).closingDir(session.session_id);
    const temporary = join(dir, `${partPrefix}${session.filename}`);
    const list = join(dir, 'segments.txt');
    await writeFile(list, segments.map((segment) => `file '${segment.path.replaceAll("'", String.raw`'\''`)}'\n`).join(''));
    const { exit } = await run({
      command: this.#deps.ffmpeg(),
      args: [
        ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', '-f', 'concat', '-safe', '0', '-i', list],
        ...['-map', '0', '-c', 'copy', ...formatArguments(session.format), temporary],
      ],
      timeoutMs: 600_000,
    });
    if (exit.reason !== 'exited') throw failedToJoin(describeExit('ffmpeg', exit));
    await syncFile(temporary);
    await publishFile(temporary, path);
    await rm(temporary, { force: true });
  }
}

function formatArguments(format: SessionRow['format']): string[] {
  if (format === 'mkv') return ['-f', 'matroska'];
  if (format === 'fmp4') return ['-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof'];
  return ['-f', 'mp4', '-movflags', '+faststart'];
}

function failedToJoin(detail: string): AppError {
  const isFull = /No space left on device/.test(detail);
  if (isFull) return storageFull('the recording could not be closed');
  return new AppError('dependency_failed', {
    reason: 'ffmpeg_failed',
    dependency: 'ffmpeg',
    detail,
    details: `the recording could not be closed: ${detail}`,
    suggestion: 'Nothing is lost: the segments are kept, and closing is tried again at the next start.',
  });
}

import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Logger } from 'pino';
import { AppError } from '../errors.ts';
import { run } from '../process/run.ts';
import { describeExit } from '../process/supervisor.ts';
import { partPrefix, publishFile, syncFile } from '../store/atomic-file.ts';
import { asStorageError, storageFull } from '../store/storage-error.ts';
import type { RecordingRow, RecordingStore, SessionRow } from '../store/recordings.ts';
import { describeClosedFile } from './closed-file.ts';
import { readFmp4, type Fmp4Summary } from './fmp4.ts';
import { listSegments, recordingLayout, type Segment } from './layout.ts';
import { isMarked, unmark } from './protection-mark.ts';

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

const notClosed = 'the recording could not be closed';

/**
 * Turns the segments of a session into one closed, playable file and its catalog row. Every step can be cut off by a
 * kill and done again: the segments move to a directory of the session, the file gets its name, the row is written, and
 * only then the segments go. A directory whose session is in the catalog is a leftover of the last step.
 */
export class RecordingCloser {
  readonly #deps: CloserDeps;

  constructor(deps: CloserDeps) {
    this.#deps = deps;
  }

  /** Undefined where not a single frame was recorded; the session is gone then too. An abort leaves it for another try. */
  async close(session: SessionRow, signal?: AbortSignal): Promise<RecordingRow | undefined> {
    const { store, recordingsDir } = this.#deps;
    const closingDir = recordingLayout(recordingsDir, session.device).closingDir(session.session_id);
    try {
      const segments = await this.#collect(session, closingDir);
      const made =
        segments.length > 0
          ? await this.#makeRecording(session, segments, signal)
          : await this.#findRecording(session);
      const path = join(recordingLayout(recordingsDir, session.device).dir, session.filename);
      // It may be protected until now; nothing comes between this look and the row.
      const row = made && { ...made, protected: isMarked(path) ? 1 : 0 };
      if (row) store.close(row);
      else await this.#removeSession(session, path);
      await rm(closingDir, { recursive: true, force: true });
      return row;
    } catch (error) {
      throw asStorageError(error, notClosed, recordingsDir);
    }
  }

  async #removeSession({ session_id: id }: SessionRow, path: string): Promise<void> {
    this.#deps.store.removeSession(id);
    await unmark(path);
  }

  /** Moves the segments to where no other session looks, and puts aside what holds no picture. */
  async #collect(session: SessionRow, closingDir: string): Promise<ReadSegment[]> {
    const layout = recordingLayout(this.#deps.recordingsDir, session.device);
    await mkdir(closingDir, { recursive: true });
    for (const segment of await listSegments(layout.segmentsDir)) {
      await rename(segment.path, join(closingDir, basename(segment.path)));
    }
    const segments: ReadSegment[] = [];
    for (const segment of await listSegments(closingDir)) {
      const summary = await readFmp4(segment.path);
      if (summary) segments.push({ ...segment, summary });
      else await this.#putAside(segment, layout.brokenDir);
    }
    return segments;
  }

  async #putAside(segment: Segment, brokenDir: string): Promise<void> {
    // A file without a byte tells nobody anything.
    if ((await stat(segment.path)).size === 0) return;
    await mkdir(brokenDir, { recursive: true });
    await rename(segment.path, join(brokenDir, basename(segment.path)));
    this.#deps.log.warn({ path: segment.path }, 'a segment without a complete picture was put aside');
  }

  async #makeRecording(
    session: SessionRow,
    segments: ReadSegment[],
    signal: AbortSignal | undefined,
  ): Promise<RecordingRow> {
    const path = join(recordingLayout(this.#deps.recordingsDir, session.device).dir, session.filename);
    // Not in the catalog, so it is the leftover of a try that was cut off.
    await rm(path, { force: true });
    const [first, last] = [segments[0]!, segments.at(-1)!];
    const isReady = segments.length === 1 && first.summary.isFinalised && session.format !== 'mkv';
    if (isReady) {
      await syncFile(first.path);
      await publishFile(first.path, path);
    } else {
      await this.#join(segments, session, { path, signal });
    }
    return {
      filename: session.filename,
      session_id: session.session_id,
      device: session.device,
      format: session.format,
      size: (await stat(path)).size,
      duration_ms: Math.round(segments.reduce((sum, { summary }) => sum + summary.durationMs, 0)),
      start_at: Math.round(first.startMs),
      end_at: Math.round(last.startMs + last.summary.durationMs),
      created_at: this.#deps.now(),
      protected: 0,
      segments: segments.length,
    };
  }

  /** After a power cut the file and the end of its segments may be on the disk, and the catalog's last write not. */
  async #findRecording(session: SessionRow): Promise<RecordingRow | undefined> {
    const path = join(recordingLayout(this.#deps.recordingsDir, session.device).dir, session.filename);
    if (!existsSync(path)) return undefined;
    const { filename, device, session_id, format } = session;
    return describeClosedFile(path, { filename, device, session_id, format }, this.#deps.ffmpeg);
  }

  async #join(
    segments: ReadSegment[],
    session: SessionRow,
    { path, signal }: { path: string; signal: AbortSignal | undefined },
  ): Promise<void> {
    const dir = recordingLayout(this.#deps.recordingsDir, session.device).closingDir(session.session_id);
    const temporary = join(dir, `${partPrefix}${session.filename}`);
    try {
      for (const { path: file, summary } of segments) {
        // What a kill cut off in the middle of a fragment can't be decoded.
        if (summary.completeSize < summary.size) await truncate(file, summary.completeSize);
      }
      const list = join(dir, 'segments.txt');
      await writeFile(
        list,
        segments.map((segment) => `file '${segment.path.replaceAll("'", String.raw`'\''`)}'\n`).join(''),
      );
      const { exit } = await run({
        command: this.#deps.ffmpeg(),
        args: [
          ...[
            '-nostdin',
            '-hide_banner',
            '-loglevel',
            'error',
            '-y',
            '-f',
            'concat',
            '-safe',
            '0',
            '-i',
            list,
          ],
          ...['-map', '0', '-c', 'copy', ...formatArguments(session.format), temporary],
        ],
        timeoutMs: 600_000,
        ...(signal && { signal }),
      });
      if (exit.reason !== 'exited') throw failedToJoin(describeExit('ffmpeg', exit), exit.stderrTail, dir);
      await syncFile(temporary);
      await publishFile(temporary, path);
    } finally {
      // On a full disk its space is what the next try needs.
      await rm(temporary, { force: true });
    }
  }
}

function formatArguments(format: SessionRow['format']): string[] {
  if (format === 'mkv') return ['-f', 'matroska'];
  if (format === 'fmp4') return ['-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof'];
  return ['-f', 'mp4', '-movflags', '+faststart'];
}

function failedToJoin(detail: string, lines: string[], dir: string): AppError {
  if (lines.some((line) => line.includes('No space left on device'))) return storageFull(notClosed, dir);
  return new AppError('dependency_failed', {
    reason: 'ffmpeg_failed',
    dependency: 'ffmpeg',
    detail,
    details: `${notClosed}: ${detail}`,
    suggestion:
      'Nothing is lost: the segments are kept, and it is tried again every minute and by stop_recording.',
  });
}

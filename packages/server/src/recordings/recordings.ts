import { join } from 'node:path';
import type { Logger } from 'pino';
import { assertUsable } from '../cameras/assert-usable.ts';
import type { Camera } from '../cameras/camera.ts';
import { messageOf } from '../errors.ts';
import type { MediaMtxController } from '../mediamtx/controller.ts';
import { settlesWithin } from '../process/child-process.ts';
import { assertDiskSpace } from '../store/disk-space.ts';
import type { RecordingRow, RecordingStore, SessionRow } from '../store/recordings.ts';
import type { RecordingAnnouncer } from './announcer.ts';
import type { RecordingCloser } from './closer.ts';
import { Closings } from './closings.ts';
import { alreadyRecording, isBeingClosed, nothingRecorded, notRecording } from './errors.ts';
import { KeptSessions, type StartOptions } from './kept-sessions.ts';
import { recordingLayout } from './layout.ts';
import { RecordingSession } from './session.ts';
import { Writing } from './writing.ts';

export interface RecordingsDeps {
  store: RecordingStore;
  recordingsDir: string;
  controller: () => Pick<MediaMtxController, 'patchRecord' | 'isUp'>;
  cameras: { find: (device: string) => Camera | undefined };
  closer: RecordingCloser;
  announcer: RecordingAnnouncer;
  minFreeBytes: number;
  /** While the picture is live, how long the file may not grow, in milliseconds. */
  fileTimeoutMs: number;
  /** How long the picture may be away before it is told, in milliseconds. */
  pictureTimeoutMs: number;
  /** Of MediaMTX's writing, in milliseconds. */
  partMs: number;
  now?: () => number;
  log: Logger;
}

interface Running {
  session: RecordingSession;
  release: () => void;
  stopping: Promise<RecordingRow> | undefined;
}

const progressMs = 60_000;
const closeFailed = 'a recording could not be closed; it is tried again';
// Of the service's own stop; what takes longer is done at the next start.
const closingGraceMs = 1_500;

/** The one recording that a camera may have: started, kept through restarts, stopped, closed into a playable file. */
export class Recordings {
  readonly #deps: RecordingsDeps;
  readonly #running = new Map<string, Running>();
  readonly #starting = new Set<string>();
  readonly #sessions: KeptSessions;
  readonly #closings: Closings;
  readonly #writing: Writing;
  readonly #now: () => number;
  #progressTimer: NodeJS.Timeout | undefined;

  constructor(deps: RecordingsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#sessions = new KeptSessions({ ...deps, now: this.#now });
    this.#closings = new Closings(deps);
    this.#writing = new Writing({ ...deps, now: this.#now });
  }

  /** The recording that runs on a camera. */
  runningOf(device: string): RecordingSession | undefined {
    return this.#running.get(device)?.session;
  }

  get activeCount(): number {
    return this.#running.size;
  }

  /** Takes up the sessions that the last run left; called when cameras and MediaMTX are there. */
  start(): void {
    const { cameras, log } = this.#deps;
    for (const { row, isWanted } of this.#sessions.left()) {
      const camera = cameras.find(row.device);
      if (isWanted && camera) {
        this.#resume(row, camera);
        continue;
      }
      this.#sessions.markClosing(row);
      // Joining a long one takes its time, and nobody need wait for it.
      this.#closings
        .close(row)
        .catch((error: unknown) => log.error({ err: error, device: row.device }, closeFailed));
    }
    this.#progressTimer = setInterval(() => this.#tick(), progressMs);
    this.#progressTimer.unref();
  }

  /** The files are closed by MediaMTX's own stop; the sessions stay, and the next start takes them up. */
  async stop(): Promise<void> {
    clearInterval(this.#progressTimer);
    const running = [...this.#running.values()];
    const ends = Promise.allSettled(running.flatMap(({ stopping }) => stopping ?? []));
    await settlesWithin(ends, closingGraceMs);
    this.#writing.stop();
    await Promise.all([this.#closings.stop(), ...running.map(({ session }) => session.stop())]);
    this.#running.clear();
  }

  /** Answers when MediaMTX has taken the order; what became of it is told by the announcer. */
  async record(camera: Camera, options: StartOptions): Promise<SessionRow> {
    const { recordingsDir, minFreeBytes } = this.#deps;
    const { device } = camera;
    this.#assertIdle(device);
    assertUsable(camera);
    this.#starting.add(device);
    try {
      await assertDiskSpace(recordingsDir, minFreeBytes);
      await this.#clearWay(device);
      const row = this.#sessions.add(device, options);
      const running = this.#run(row, camera, { isResumed: false });
      try {
        await this.#writing.begin(device);
      } catch (error) {
        // One that was stopped meanwhile is being closed.
        if (!running.stopping) await this.#abandon(running);
        throw error;
      }
      return row;
    } finally {
      this.#starting.delete(device);
    }
  }

  /** A camera that fails while it is recorded: told once, and it goes on when the camera is back. */
  noteCamera(camera: Camera): void {
    if (camera.status === 'CONNECTED') return;
    this.#running.get(camera.device)?.session.noteTrouble(camera.statusReason ?? camera.status);
  }

  /** Answers when the file is closed and in the catalog. Two stops at once share one; after a failure it is tried again. */
  async finish(device: string): Promise<RecordingRow> {
    const running = this.#running.get(device);
    const left = this.#closings.find(device);
    if (!running && left) return this.#closeRow(left);
    if (!running) throw notRecording(device);
    running.stopping ??= this.#finish(device, running);
    return running.stopping;
  }

  /** Throws `invalid_state` while the camera is recorded, or a recording of it is still to be closed. */
  assertIdle(device: string): void {
    this.#assertIdle(device);
    const left = this.#closings.find(device);
    if (left) throw isBeingClosed(device, left.session_id);
  }

  #run(row: SessionRow, camera: Camera, { isResumed }: { isResumed: boolean }): Running {
    const { announcer, recordingsDir, fileTimeoutMs, pictureTimeoutMs, controller } = this.#deps;
    const { device } = row;
    const takenUpAt = this.#now();
    const session = new RecordingSession({
      row,
      segmentsDir: recordingLayout(recordingsDir, device).segmentsDir,
      fileTimeoutMs,
      pictureTimeoutMs,
      isLive: () => camera.isLive,
      whyNotLive: () =>
        camera.statusReason ??
        (controller().isUp ? 'the camera gives no picture' : 'MediaMTX is not available'),
      // What began in the last run was told by it.
      onStarted: (firstFrameAt) => (!isResumed || firstFrameAt >= takenUpAt) && announcer.started(session),
      onTrouble: (reason) => announcer.trouble(session, reason),
      onRecovered: () => announcer.recovered(session),
      onDue: () => void this.#finishDue(device),
      marginMs: this.#deps.partMs,
      now: this.#now,
    });
    const running = { session, release: camera.demand.hold('recording'), stopping: undefined };
    this.#running.set(device, running);
    session.start();
    announcer.changed(device);
    return running;
  }

  async #abandon({ session, release }: Running): Promise<void> {
    const { device } = session.row;
    await session.stop();
    this.#writing.revoke(device);
    this.#running.delete(device);
    this.#sessions.remove(session.row);
    release();
    this.#deps.announcer.changed(device);
  }

  /** A session of the last run. MediaMTX need not be there yet: it gets the order when it comes. */
  #resume(row: SessionRow, camera: Camera): void {
    const { log } = this.#deps;
    const { device } = row;
    log.info({ device, session: row.session_id }, 'a recording is taken up again');
    this.#run(row, camera, { isResumed: true });
    this.#writing
      .begin(device)
      .catch((error: unknown) => log.warn({ err: error, device }, 'a recording waits for MediaMTX'));
  }

  async #finish(device: string, running: Running): Promise<RecordingRow> {
    const { announcer } = this.#deps;
    const { session, release } = running;
    try {
      this.#sessions.markClosing(session.row);
      await session.stop();
      await this.#writing.end(device);
      this.#running.delete(device);
      return await this.#closeRow(session.row);
    } catch (error) {
      // One that the service's own stop cut off is closed at the next start.
      if (!this.#closings.isStopped) announcer.failed(session, messageOf(error));
      throw error;
    } finally {
      this.#running.delete(device);
      release();
    }
  }

  async #closeRow(session: SessionRow): Promise<RecordingRow> {
    const row = await this.#closings.close(session);
    if (!row) throw nothingRecorded(session.device);
    return row;
  }

  /** What an earlier recording left must be out of the way, or it would become part of the next. */
  async #clearWay(device: string): Promise<void> {
    const left = this.#closings.find(device);
    if (left) await this.#closings.close(left);
    await this.#writing.clear(device);
  }

  async #finishDue(device: string): Promise<void> {
    try {
      await this.finish(device);
    } catch (error) {
      this.#deps.log.error({ err: error, device }, 'a timed recording could not be closed');
    }
  }

  #tick(): void {
    for (const { session } of this.#running.values()) this.#deps.announcer.progress(session);
    void this.#closings.retryAll();
  }

  #assertIdle(device: string): void {
    const running = this.#running.get(device);
    const sessionId = running?.session.row.session_id ?? this.#closings.find(device)?.session_id ?? null;
    if (running?.stopping || this.#closings.isBusy(device)) throw isBeingClosed(device, sessionId);
    if (running || this.#starting.has(device)) throw alreadyRecording(device, sessionId);
  }

  /** Whether its closing is not at its end: there may be segments still from which it would come back. */
  isBeingClosed({ device, filename }: RecordingRow): boolean {
    return this.#closings.find(device)?.filename === filename;
  }

  /** Where a recording is, or will be when it is closed. */
  pathOf(row: Pick<RecordingRow, 'device' | 'filename'>): string {
    return join(recordingLayout(this.#deps.recordingsDir, row.device).dir, row.filename);
  }
}

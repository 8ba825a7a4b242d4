import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingFormat } from '@mediamtx-camera-service/protocol';
import type { Logger } from 'pino';
import type { Camera } from '../cameras/camera.ts';
import { AppError, messageOf } from '../errors.ts';
import type { MediaMtxController } from '../mediamtx/controller.ts';
import { delay } from '../process/delay.ts';
import { assertDiskSpace } from '../store/disk-space.ts';
import type { RecordingRow, RecordingStore, SessionRow } from '../store/recordings.ts';
import type { RecordingAnnouncer } from './announcer.ts';
import type { RecordingCloser } from './closer.ts';
import { readIsFinalised } from './fmp4.ts';
import { extensions, fileStem, listSegments, recordingLayout } from './layout.ts';
import { RecordingSession } from './session.ts';

export interface RecordingsDeps {
  store: RecordingStore;
  recordingsDir: string;
  controller: () => Pick<MediaMtxController, 'patchRecord' | 'isUp'>;
  cameras: { find: (device: string) => Camera | undefined };
  closer: RecordingCloser;
  announcer: RecordingAnnouncer;
  minFreeBytes: number;
  startTimeoutMs: number;
  /** Of MediaMTX's writing, in milliseconds. */
  partMs: number;
  now?: () => number;
  log: Logger;
}

export interface StartOptions {
  durationSeconds: number | null;
  format: RecordingFormat;
}

interface Running {
  session: RecordingSession;
  release: () => void;
  stopping: Promise<RecordingRow> | undefined;
  /** Whether the trouble that its camera is in was told. */
  isTroubled: boolean;
}

const progressMs = 60_000;

/** The one recording that a camera may have: started, kept through restarts, stopped, closed into a playable file. */
export class Recordings {
  readonly #deps: RecordingsDeps;
  readonly #running = new Map<string, Running>();
  readonly #starting = new Set<string>();
  readonly #now: () => number;
  #progressTimer: NodeJS.Timeout | undefined;

  constructor(deps: RecordingsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  /** The recording that runs on a camera. */
  runningOf(device: string): RecordingSession | undefined {
    return this.#running.get(device)?.session;
  }

  get activeCount(): number {
    return this.#running.size;
  }

  /** Takes up the sessions that the last run left; called when cameras and MediaMTX are there. */
  async start(): Promise<void> {
    for (const row of this.#deps.store.sessions()) {
      if (row.state === 'closing' || this.#isOver(row)) await this.#closeLeft(row);
      else await this.#resume(row);
    }
    this.#progressTimer = setInterval(() => this.#tellProgress(), progressMs);
    this.#progressTimer.unref();
  }

  /** The files are closed by MediaMTX's own stop; the sessions stay, and the next start takes them up. */
  async stop(): Promise<void> {
    clearInterval(this.#progressTimer);
    await Promise.all(
      [...this.#running.values()].map(async ({ session, stopping }) => {
        await stopping?.catch(() => undefined);
        await session.stop();
      }),
    );
    this.#running.clear();
  }

  /** Answers when MediaMTX has taken the order; what became of it is told by the announcer. */
  async record(camera: Camera, options: StartOptions): Promise<SessionRow> {
    const { store, recordingsDir, minFreeBytes } = this.#deps;
    const { device } = camera;
    this.#assertIdle(device);
    this.#assertUsable(camera);
    this.#starting.add(device);
    try {
      await assertDiskSpace(recordingsDir, minFreeBytes);
      const row: SessionRow = {
        session_id: randomUUID(),
        device,
        filename: this.#freeName(device, options.format),
        format: options.format,
        duration: options.durationSeconds,
        started_at: this.#now(),
        state: 'recording',
      };
      store.addSession(row);
      const running = this.#run(row, camera, { isResumed: false });
      try {
        await this.#deps.controller().patchRecord(device, { record: true });
      } catch (error) {
        await this.#abandon(running);
        throw error;
      }
      return row;
    } finally {
      this.#starting.delete(device);
    }
  }

  /** A camera that fails while it is recorded: told once, and it goes on when the camera is back. */
  noteCamera(camera: Camera): void {
    const running = this.#running.get(camera.device);
    if (!running) return;
    const isTroubled = camera.status !== 'CONNECTED';
    if (isTroubled && !running.isTroubled) {
      this.#deps.announcer.trouble(running.session, camera.statusReason ?? camera.status);
    }
    running.isTroubled = isTroubled;
  }

  /** Answers when the file is closed and in the catalog. Two stops at once share one. */
  async finish(device: string): Promise<RecordingRow> {
    const running = this.#running.get(device);
    if (!running) {
      throw new AppError('invalid_state', {
        reason: 'not_recording',
        state: 'not_recording',
        allowed_states: ['recording'],
        details: `${device} is not recording`,
        suggestion: 'start_recording begins one.',
      });
    }
    running.stopping ??= this.#finish(device, running);
    return running.stopping;
  }

  #run(row: SessionRow, camera: Camera, { isResumed }: { isResumed: boolean }): Running {
    const { announcer, recordingsDir, startTimeoutMs } = this.#deps;
    const { device } = row;
    const session = new RecordingSession({
      row,
      segmentsDir: recordingLayout(recordingsDir, device).segmentsDir,
      startTimeoutMs,
      isLive: () => camera.isLive,
      whyNotLive: () => camera.statusReason ?? 'the camera gives no picture',
      // Of one that is taken up again the beginning was told by the last run.
      onStarted: () => !isResumed && announcer.started(session),
      onTrouble: (reason) => announcer.trouble(session, reason),
      onDue: () => void this.#finishDue(device),
      marginMs: this.#deps.partMs,
      now: this.#now,
    });
    const running = { session, release: camera.demand.hold('recording'), stopping: undefined, isTroubled: false };
    this.#running.set(device, running);
    session.start();
    announcer.changed(device);
    return running;
  }

  async #abandon({ session, release }: Running): Promise<void> {
    this.#running.delete(session.row.device);
    this.#deps.store.removeSession(session.row.session_id);
    release();
    await session.stop();
  }

  /** A session of the last run. MediaMTX need not be there yet: it gets the order when it comes. */
  async #resume(row: SessionRow): Promise<void> {
    const camera = this.#deps.cameras.find(row.device);
    if (!camera) return this.#closeLeft(row);
    this.#deps.log.info({ device: row.device, session: row.session_id }, 'a recording is taken up again');
    this.#run(row, camera, { isResumed: true });
    try {
      await this.#deps.controller().patchRecord(row.device, { record: true });
    } catch (error) {
      this.#deps.log.warn({ err: error, device: row.device }, 'a recording waits for MediaMTX');
    }
  }

  async #finish(device: string, running: Running): Promise<RecordingRow> {
    const { controller, store, closer, announcer } = this.#deps;
    const { session, release } = running;
    try {
      store.setClosing(session.row.session_id);
      await session.stop();
      // One that is away has closed its files, or lost them to a kill; either way nothing more is written.
      await controller()
        .patchRecord(device, { record: false })
        .catch((error: unknown) => this.#deps.log.debug({ err: error, device }, 'MediaMTX is away while a recording ends'));
      await this.#untilFilesRest(device);
      const row = await closer.close(session.row);
      if (!row) throw nothingRecorded(device);
      this.#running.delete(device);
      announcer.stopped(row);
      return row;
    } catch (error) {
      this.#running.delete(device);
      announcer.failed(session, messageOf(error));
      throw error;
    } finally {
      release();
    }
  }

  async #finishDue(device: string): Promise<void> {
    try {
      await this.finish(device);
    } catch (error) {
      this.#deps.log.error({ err: error, device }, 'a timed recording could not be closed');
    }
  }

  async #closeLeft(row: SessionRow): Promise<void> {
    const { store, closer, announcer, log } = this.#deps;
    try {
      store.setClosing(row.session_id);
      const recording = await closer.close(row);
      if (recording) announcer.stopped(recording);
      log.info({ device: row.device, filename: row.filename, kept: recording !== undefined }, 'a recording was closed');
    } catch (error) {
      log.error({ err: error, device: row.device }, 'a recording could not be closed; it is tried again at the next start');
    }
  }

  /** MediaMTX answers before it has acted: the newest file is closed when its header says so, or when it rests. */
  async #untilFilesRest(device: string): Promise<void> {
    const { segmentsDir } = recordingLayout(this.#deps.recordingsDir, device);
    let size = -1;
    let changedAt = this.#now();
    while (this.#now() - changedAt < (size < 0 ? 300 : 1_500)) {
      const newest = (await listSegments(segmentsDir)).at(-1);
      if (newest && (await readIsFinalised(newest.path))) return;
      const present = newest ? (await stat(newest.path)).size : -1;
      if (present !== size) {
        size = present;
        changedAt = this.#now();
      }
      await delay(10);
    }
  }

  #tellProgress(): void {
    for (const { session } of this.#running.values()) this.#deps.announcer.progress(session);
  }

  #isOver(row: SessionRow): boolean {
    return row.duration !== null && row.started_at + row.duration * 1000 < this.#now();
  }

  #freeName(device: string, format: RecordingFormat): string {
    const { store } = this.#deps;
    const taken = new Set(store.sessions().map((row) => row.filename));
    const stem = fileStem(device, this.#now());
    for (let n = 1; ; n++) {
      const name = `${stem}${n === 1 ? '' : `-${n}`}.${extensions[format]}`;
      if (!taken.has(name) && !store.find(name)) return name;
    }
  }

  #assertIdle(device: string): void {
    const running = this.#running.get(device);
    if (!running && !this.#starting.has(device)) return;
    throw new AppError('invalid_state', {
      reason: 'already_recording',
      state: 'recording',
      allowed_states: ['not_recording'],
      session_id: running?.session.row.session_id ?? null,
      details: `${device} is recording already`,
      suggestion: 'stop_recording ends it.',
    });
  }

  #assertUsable(camera: Camera): void {
    if (camera.status === 'CONNECTED') return;
    throw new AppError('invalid_state', {
      reason: `camera_${camera.status.toLowerCase()}`,
      state: camera.status,
      allowed_states: ['CONNECTED'],
      details: `${camera.device} is ${camera.status}: ${camera.statusReason ?? ''}`,
      suggestion: 'Try again when the camera is CONNECTED; camera_status_update tells it.',
    });
  }

  /** Where a closed recording is. */
  pathOf(row: RecordingRow): string {
    return join(recordingLayout(this.#deps.recordingsDir, row.device).dir, row.filename);
  }
}

function nothingRecorded(device: string): AppError {
  return new AppError('dependency_failed', {
    reason: 'nothing_recorded',
    dependency: 'camera',
    detail: 'no frame was recorded',
    details: `${device}: not a single frame was recorded`,
    suggestion: 'Look at get_camera_status: its status_reason says why there was no picture.',
  });
}

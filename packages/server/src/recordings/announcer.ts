import type { EventLog } from '../events/event-log.ts';
import type { Notifier } from '../events/notifier.ts';
import type { RecordingRow } from '../store/recordings.ts';
import type { RecordingSession } from './session.ts';

export interface RecordingAnnouncerDeps {
  events: Pick<EventLog, 'append'>;
  notifier: Pick<Notifier, 'notify'>;
  /** The camera's object changes with its recording. */
  onChange: (device: string) => void;
}

/** Tells the world of recordings: notifications for the state now, events for the history. */
export class RecordingAnnouncer {
  readonly #deps: RecordingAnnouncerDeps;

  constructor(deps: RecordingAnnouncerDeps) {
    this.#deps = deps;
  }

  /** Whether a camera records has changed. */
  changed(device: string): void {
    this.#deps.onChange(device);
  }

  started(session: RecordingSession): void {
    this.#tell(session, 'STARTED', 'recording.start', null);
  }

  /** It goes on and tries. */
  trouble(session: RecordingSession, reason: string): void {
    this.#tell(session, 'ERROR', 'recording.error', reason);
  }

  /** The trouble is over: the state is told, and the history has the one start only. */
  recovered(session: RecordingSession): void {
    const { device } = session.row;
    this.#deps.notifier.notify(
      'recording_status_update',
      { ...describe(session, null), status: 'STARTED' },
      device,
    );
  }

  /** It ended without a file. */
  failed(session: RecordingSession, reason: string): void {
    this.#tell(session, 'FAILED', 'recording.error', reason);
  }

  progress(session: RecordingSession): void {
    const { device } = session.row;
    this.#deps.events.append('recording.progress', describe(session, null), device);
  }

  stopped(row: RecordingRow): void {
    const { events, notifier, onChange } = this.#deps;
    const { device, filename, session_id } = row;
    const duration = row.duration_ms / 1000;
    notifier.notify(
      'recording_status_update',
      { device, status: 'STOPPED', filename, duration, session_id, reason: null },
      device,
    );
    const times = {
      start_time: new Date(row.start_at).toISOString(),
      end_time: new Date(row.end_at).toISOString(),
    };
    events.append(
      'recording.stop',
      { device, filename, duration, session_id, file_size: row.size, ...times },
      device,
    );
    onChange(device);
  }

  #tell(
    session: RecordingSession,
    status: 'STARTED' | 'ERROR' | 'FAILED',
    topic: 'recording.start' | 'recording.error',
    reason: string | null,
  ): void {
    const { device } = session.row;
    const params = describe(session, reason);
    this.#deps.notifier.notify('recording_status_update', { ...params, status }, device);
    this.#deps.events.append(topic, { ...params, status }, device);
    this.#deps.onChange(device);
  }
}

function describe(session: RecordingSession, reason: string | null) {
  const { device, filename, session_id } = session.row;
  return { device, filename, duration: session.elapsedSeconds, session_id, reason };
}

import type { CameraRegistry } from '../cameras/registry.ts';
import type { EffectiveConfig } from '../config/load.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Notifier } from '../events/notifier.ts';
import type { Logger } from '../log.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import { RecordingAnnouncer } from '../recordings/announcer.ts';
import { checkRecordings } from '../recordings/catalog-check.ts';
import { RecordingCloser } from '../recordings/closer.ts';
import { Recordings } from '../recordings/recordings.ts';
import type { Database } from '../store/database.ts';
import { RecordingStore } from '../store/recordings.ts';
import type { DataPaths } from './data-dir.ts';
import type { Ffmpeg } from './ffmpeg.ts';

export interface BuildRecordingsDeps {
  config: EffectiveConfig;
  paths: DataPaths;
  db: Database;
  events: EventLog;
  notifier: Notifier;
  media: MediaServer;
  ffmpeg: Ffmpeg;
  cameras: Pick<CameraRegistry, 'find'>;
  /** Whether a camera is recorded has changed. */
  onChange: (device: string) => void;
  log: Logger;
}

/** What records cameras, and makes the files and the catalog of recordings agree. */
export function buildRecordings(deps: BuildRecordingsDeps) {
  const { config, paths, db, events, notifier, media, ffmpeg, cameras, onChange, log } = deps;
  const recordingStore = new RecordingStore(db);
  const files = {
    store: recordingStore,
    recordingsDir: paths.recordings,
    ffmpeg: () => ffmpeg.short,
    now: Date.now,
    log,
  };
  const recordings = new Recordings({
    store: recordingStore,
    recordingsDir: paths.recordings,
    controller: () => media.controller,
    cameras,
    closer: new RecordingCloser(files),
    announcer: new RecordingAnnouncer({ events, notifier, onChange }),
    get minFreeBytes() {
      return config.storage.min_free * 1_000_000;
    },
    get fileTimeoutMs() {
      return config.recording.start_timeout * 1000;
    },
    pictureTimeoutMs: config.capture.start_timeout * 1000,
    get partMs() {
      return config.recording.part_duration * 1000;
    },
    log,
  });
  return { recordings, recordingStore, checkRecordings: () => checkRecordings(files) };
}

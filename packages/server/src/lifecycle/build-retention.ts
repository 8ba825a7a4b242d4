import type { EffectiveConfig } from '../config/load.ts';
import { RecordingProtection } from '../recordings/protection.ts';
import type { Database } from '../store/database.ts';
import { KeptFileStore } from '../store/kept-files.ts';
import type { RecordingStore } from '../store/recordings.ts';
import { RetentionCleaner } from '../retention/cleaner.ts';
import { KeptFiles, type KeptFilesDeps } from '../retention/kept-files.ts';
import { reportStorage, type StorageReport } from '../retention/storage-report.ts';
import type { EventLog } from '../events/event-log.ts';

export interface BuildRetentionDeps extends KeptFilesDeps {
  recordingStore: RecordingStore;
  config: EffectiveConfig;
  db: Database;
  recordingsDir: string;
  events: EventLog;
}

/** What deletes files, and what tells of the room they take. */
export function buildRetention(deps: BuildRetentionDeps) {
  const { config, db, recordingsDir, events, log } = deps;
  const store = new KeptFileStore(db);
  const keptFiles = new KeptFiles(deps);
  const report = {
    recordingsDir,
    store,
    get minFreeBytes() {
      return config.storage.min_free * 1_000_000;
    },
  };
  return {
    keptFiles,
    protection: new RecordingProtection({ ...deps, store: deps.recordingStore, keptFiles }),
    cleaner: new RetentionCleaner({
      store,
      files: keptFiles,
      config: () => config.retention_policy,
      events,
      log,
    }),
    storageOf: (cameras: readonly string[] | undefined): Promise<StorageReport> =>
      reportStorage(report, cameras),
  };
}

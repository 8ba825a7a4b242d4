import type { EffectiveConfig } from '../config/load.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Logger } from '../log.ts';
import { PictureTaker } from '../snapshots/picture-taker.ts';
import { Snapshots } from '../snapshots/snapshots.ts';
import { Stills } from '../snapshots/stills.ts';
import type { Database } from '../store/database.ts';
import { SnapshotStore } from '../store/snapshots.ts';
import type { TapPool } from '../taps/tap-pool.ts';
import type { DataPaths } from './data-dir.ts';
import type { Ffmpeg } from './ffmpeg.ts';

export interface BuildSnapshotsDeps {
  config: EffectiveConfig;
  paths: DataPaths;
  db: Database;
  events: EventLog;
  taps: TapPool;
  ffmpeg: Ffmpeg;
  log: Logger;
}

/** What makes single pictures: those that are kept, and the newest one of each camera. */
export function buildSnapshots({ config, paths, db, events, taps, ffmpeg, log }: BuildSnapshotsDeps) {
  const shortFfmpeg = (): string => ffmpeg.short;
  const snapshotStore = new SnapshotStore(db);
  const pictures = new PictureTaker({
    taps,
    ffmpeg: shortFfmpeg,
    get timeoutMs() {
      return config.snapshots.timeout * 1000;
    },
  });
  return {
    snapshotStore,
    stills: new Stills({ pictures, cacheDir: paths.stills, ffmpeg: shortFfmpeg, log }),
    snapshots: new Snapshots({
      store: snapshotStore,
      snapshotsDir: paths.snapshots,
      pictures,
      events,
      log,
    }),
  };
}

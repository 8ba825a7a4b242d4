import { join } from 'node:path';
import type { PathConfig } from './api.ts';

export interface CameraPathOptions {
  /** Absolute; segments go to `recordingsDir/NAME/segments`. */
  recordingsDir: string;
  /** Started by MediaMTX when a player asks for a camera that isn't live; undefined where it can't reach us. */
  onDemandCommand: string | undefined;
  /** How long a player is held while the camera starts. */
  startTimeoutSeconds: number;
  partDurationSeconds: number;
  segmentDurationSeconds: number;
}

/** The path of a camera that we publish into. All but `record` is fixed here, since any other change drops viewers. */
export function cameraPath(options: CameraPathOptions): PathConfig {
  return {
    source: 'publisher',
    overridePublisher: true,
    ...(options.onDemandCommand !== undefined && {
      runOnDemand: options.onDemandCommand,
      // It tells us and ends: restarting it would tell us again every 5 s.
      runOnDemandRestart: false,
      runOnDemandStartTimeout: `${options.startTimeoutSeconds}s`,
      // As short as can be, since a reader that comes within it finds no publisher and is held without a hook, for ever.
      runOnDemandCloseAfter: '1ms',
    }),
    record: false,
    // Seconds and microseconds since 1970: no time zone to get wrong, and exact.
    recordPath: join(options.recordingsDir, '%path', 'segments', '%s-%f'),
    recordFormat: 'fmp4',
    recordPartDuration: `${Math.round(options.partDurationSeconds * 1000)}ms`,
    recordSegmentDuration: `${options.segmentDurationSeconds}s`,
    recordDeleteAfter: '0s',
  };
}

import type { Result } from '@mediamtx-camera-service/protocol';
import { AppError, messageOf } from '../errors.ts';
import { readDiskSpace, type DiskSpace } from '../store/disk-space.ts';
import type { KeptFileStore } from '../store/kept-files.ts';

export interface StorageReportDeps {
  recordingsDir: string;
  store: Pick<KeptFileStore, 'use' | 'oldest' | 'bytesSince'>;
  /** `storage.min_free` */
  readonly minFreeBytes: number;
  now?: () => number;
}

export type StorageReport = Omit<Result<'get_storage_info'>, 'retention_policy'>;

const dayMs = 86_400_000;
/** A hundred years: nobody plans beyond that. */
const longestForecastDays = 36_500;
const paceDays = 7;

/** The disk of the recordings, and what files take of it: of these cameras, or of all. */
export async function reportStorage(
  deps: StorageReportDeps,
  cameras: readonly string[] | undefined,
): Promise<StorageReport> {
  const { store, minFreeBytes: threshold } = deps;
  const space = await readSpace(deps.recordingsDir);
  const [recordings, snapshots] = [store.use('recordings', cameras), store.use('snapshots', cameras)];
  const { availableBytes, usedBytes, totalBytes } = space;
  return {
    total_space: totalBytes,
    used_space: usedBytes,
    available_space: availableBytes,
    usage_percentage: usagePercentage(space),
    recordings_size: recordings.bytes,
    recordings_count: recordings.count,
    snapshots_size: snapshots.bytes,
    snapshots_count: snapshots.count,
    low_space_warning: availableBytes < 2 * threshold,
    critical_space_warning: availableBytes < threshold,
    threshold,
    // The pace of all cameras is none of those who may see only some, and that of some tells nothing.
    forecast_days: cameras === undefined ? forecastDays(deps, availableBytes) : null,
  };
}

/** As `df` has it: what is kept for the system's own use is neither used nor available. */
function usagePercentage({ usedBytes, availableBytes }: DiskSpace): number {
  const sum = usedBytes + availableBytes;
  return sum === 0 ? 0 : Math.round((usedBytes / sum) * 1000) / 10;
}

/** By what came in the last week; where the oldest file is younger, by what came since, but a day at least. */
function forecastDays(deps: StorageReportDeps, available: number): number | null {
  const { store, minFreeBytes, now = Date.now } = deps;
  const time = now();
  const bytes = store.bytesSince(time - paceDays * dayMs);
  if (bytes === 0) return null;
  const oldest = store.oldest(undefined, 1)[0]?.time ?? time;
  const days = Math.min(Math.max((time - oldest) / dayMs, 1), paceDays);
  const left = Math.max(available - minFreeBytes, 0) / (bytes / days);
  return Math.min(Math.round(left * 10) / 10, longestForecastDays);
}

async function readSpace(dir: string): Promise<DiskSpace> {
  try {
    return await readDiskSpace(dir);
  } catch (error) {
    const detail = messageOf(error);
    throw new AppError(
      'dependency_failed',
      {
        reason: 'disk_unreadable',
        dependency: 'storage',
        detail,
        details: `the disk of the recordings could not be looked at: ${detail}`,
        suggestion: 'See whether the disk of storage.data_dir is there.',
      },
      { cause: error },
    );
  }
}

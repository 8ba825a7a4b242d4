import { statfsSync, type StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { AppError } from '../errors.ts';

export interface DiskSpace {
  availableBytes: number;
  totalBytes: number;
  usedBytes: number;
}

export async function readDiskSpace(dir: string): Promise<DiskSpace> {
  return toDiskSpace(await statfs(dir));
}

/** For an error that is being made: it waits for nothing. */
export function readDiskSpaceNow(dir: string): DiskSpace {
  return toDiskSpace(statfsSync(dir));
}

function toDiskSpace({ bavail, bfree, blocks, bsize }: StatsFs): DiskSpace {
  return { availableBytes: bavail * bsize, totalBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize };
}

/** Throws `insufficient_storage` where less than `minFreeBytes` is left. */
export async function assertDiskSpace(dir: string, minFreeBytes: number): Promise<void> {
  const { availableBytes, totalBytes } = await readDiskSpace(dir);
  if (availableBytes >= minFreeBytes) return;
  throw new AppError('insufficient_storage', {
    reason: 'low_space',
    available_space: availableBytes,
    total_space: totalBytes,
    threshold: minFreeBytes,
    details: `only ${Math.floor(availableBytes / 1e6)} MB are free, and ${Math.ceil(minFreeBytes / 1e6)} MB must stay free`,
    suggestion: 'Delete recordings or snapshots, or lower storage.min_free.',
  });
}

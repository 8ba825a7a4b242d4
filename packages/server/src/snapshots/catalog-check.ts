import { existsSync, type Dirent } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { readPictureSize } from '../stills/picture-size.ts';
import { partPrefix } from '../store/atomic-file.ts';
import type { SnapshotRow, SnapshotStore } from '../store/snapshots.ts';

export interface SnapshotCheckDeps {
  store: SnapshotStore;
  snapshotsDir: string;
  log: Logger;
}

// A picture tells its size well before this.
const headBytes = 65_536;

/**
 * Makes files and catalog agree after a kill: rows without a file go, and files that were under way; pictures that the
 * catalog doesn't know come in, since the database may have been restored or replaced. Anything else stays as it is.
 */
export async function checkSnapshots(deps: SnapshotCheckDeps): Promise<void> {
  const { store, snapshotsDir, log } = deps;
  for (const row of store.all()) {
    if (existsSync(join(snapshotsDir, row.device, row.filename))) continue;
    store.remove(row.filename);
    log.warn({ filename: row.filename }, 'a snapshot of the catalog has no file any more and was taken out');
  }
  await mkdir(snapshotsDir, { recursive: true });
  for (const { name: device } of (await list(snapshotsDir)).filter((entry) => !entry.isFile())) {
    if (!/^camera\d+$/.test(device)) continue;
    for (const entry of await list(join(snapshotsDir, device))) {
      if (entry.isFile()) await checkFile(deps, device, entry.name);
    }
  }
}

function list(dir: string): Promise<Dirent[]> {
  return readdir(dir, { withFileTypes: true });
}

async function checkFile(deps: SnapshotCheckDeps, device: string, filename: string): Promise<void> {
  const { store, snapshotsDir, log } = deps;
  const path = join(snapshotsDir, device, filename);
  if (filename.startsWith(partPrefix)) {
    await rm(path, { force: true });
    log.warn({ path }, 'a snapshot that was under way when the service was killed was removed');
  } else if (/\.(jpe?g|png)$/i.test(filename) && !store.find(filename)) {
    const row = await describeFile(path, { device, filename });
    if (!row) return;
    store.add(row);
    log.warn({ filename }, 'a snapshot that the catalog did not know was taken in');
  }
}

/** As far as the file tells it; undefined for one that is no picture. */
async function describeFile(
  path: string,
  known: Pick<SnapshotRow, 'device' | 'filename'>,
): Promise<SnapshotRow | undefined> {
  const file = await open(path, 'r');
  try {
    const { size, mtimeMs } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const picture = readPictureSize(buffer.subarray(0, bytesRead));
    const format = /\.png$/i.test(path) ? 'png' : 'jpg';
    const time = Math.round(mtimeMs);
    return picture ? { ...known, ...picture, format, size, captured_at: time, created_at: time } : undefined;
  } finally {
    await file.close();
  }
}

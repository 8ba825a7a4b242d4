import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DataPaths } from '../lifecycle/data-dir.ts';
import { recordingLayout } from '../recordings/layout.ts';
import { openRawDatabase } from '../store/database.ts';

interface FileRow {
  device: string;
  filename: string;
}

/** Names of what the catalog knows and no file is there for, as `cameraN/NAME`. */
export interface MissingFiles {
  recordings: string[];
  snapshots: string[];
}

export function findMissingFiles({ database, recordings, snapshots }: DataPaths): MissingFiles {
  const db = openRawDatabase(database);
  try {
    const rowsOf = (table: 'recordings' | 'snapshots') =>
      db.prepare(`SELECT device, filename FROM ${table} ORDER BY filename`).all() as FileRow[];
    const named = ({ device, filename }: FileRow): string => `${device}/${filename}`;
    return {
      recordings: rowsOf('recordings')
        .filter(
          ({ device, filename }) => !existsSync(join(recordingLayout(recordings, device).dir, filename)),
        )
        .map(named),
      snapshots: rowsOf('snapshots')
        .filter(({ device, filename }) => !existsSync(join(snapshots, device, filename)))
        .map(named),
    };
  } finally {
    db.close();
  }
}

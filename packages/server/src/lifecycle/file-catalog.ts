import type { CatalogFile, FileCatalog } from '../http/deps.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import type { RecordingStore } from '../store/recordings.ts';
import type { SnapshotStore } from '../store/snapshots.ts';

export interface CatalogDeps {
  recordings: Recordings;
  recordingStore: RecordingStore;
  snapshots: Snapshots;
  snapshotStore: SnapshotStore;
}

const contentTypes = {
  jpg: 'image/jpeg',
  png: 'image/png',
  mp4: 'video/mp4',
  fmp4: 'video/mp4',
  mkv: 'video/x-matroska',
};

/** Files by their name: only what the catalog knows is ever served. */
export class Catalog implements FileCatalog {
  readonly #deps: CatalogDeps;

  constructor(deps: CatalogDeps) {
    this.#deps = deps;
  }

  find(kind: 'recordings' | 'snapshots', name: string): CatalogFile | undefined {
    const { recordings, recordingStore, snapshots, snapshotStore } = this.#deps;
    if (kind === 'recordings') {
      const row = recordingStore.find(name);
      return (
        row && { path: recordings.pathOf(row), device: row.device, contentType: contentTypes[row.format] }
      );
    }
    const row = snapshotStore.find(name);
    return row && { path: snapshots.pathOf(row), device: row.device, contentType: contentTypes[row.format] };
  }
}

import type { CatalogFile, FileCatalog } from '../http/deps.ts';
import type { KeptFiles } from '../retention/kept-files.ts';
import type { FileKind } from '../store/kept-files.ts';
import type { RecordingStore } from '../store/recordings.ts';
import type { SnapshotStore } from '../store/snapshots.ts';

export interface CatalogDeps {
  keptFiles: Pick<KeptFiles, 'locate'>;
  recordingStore: RecordingStore;
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

  async find(kind: FileKind, name: string): Promise<CatalogFile | undefined> {
    const { keptFiles, recordingStore, snapshotStore } = this.#deps;
    const row = (kind === 'recordings' ? recordingStore : snapshotStore).find(name);
    if (!row) return undefined;
    const path = await keptFiles.locate({ kind, filename: name });
    return path === undefined
      ? undefined
      : { path, device: row.device, contentType: contentTypes[row.format] };
  }
}

import type { EventLog } from '../../src/events/event-log.ts';
import type { DeletionReason, KeptFiles } from '../../src/retention/kept-files.ts';
import { KeptFileStore } from '../../src/store/kept-files.ts';
import { FilesLab } from '../cameras/files-lab.ts';
import { CameraLab } from '../cameras/harness.ts';

export interface Gone {
  topic: string;
  filename: unknown;
  reason: DeletionReason;
}

/** What deletes files, on a real database and real files. */
export class RetentionLab implements AsyncDisposable {
  readonly lab: CameraLab;
  files: FilesLab;
  events: EventLog;
  kept: KeptFiles;
  store: KeptFileStore;
  /** What the event log told. */
  readonly gone: Gone[] = [];

  private constructor(lab: CameraLab) {
    this.lab = lab;
    ({ files: this.files, events: this.events, kept: this.kept, store: this.store } = this.#build());
  }

  static async create(): Promise<RetentionLab> {
    return new RetentionLab(await CameraLab.create());
  }

  /** As after a kill: the next run, and what its start does with files and catalog. */
  async killAndStart(): Promise<void> {
    this.lab.reopen();
    Object.assign(this, this.#build());
    await this.files.check();
  }

  /** A recording with its file, `size` bytes long; `endAt` epoch milliseconds. */
  addRecording(
    filename: string,
    { device = 'camera0', size = 100, endAt = 2_000, isProtected = false } = {},
  ): void {
    this.#write(`recordings/${device}/${filename}`, size);
    this.files.recordingStore.add({
      ...{ filename, device, session_id: `of-${filename}`, format: 'mp4', segments: 1, size },
      ...{ duration_ms: 1_000, start_at: endAt - 1_000, end_at: endAt, created_at: endAt },
      protected: isProtected ? 1 : 0,
    });
  }

  addSnapshot(filename: string, { device = 'camera0', size = 100, createdAt = 2_000 } = {}): void {
    this.#write(`snapshots/${device}/${filename}`, size);
    this.files.snapshotStore.add({
      ...{ filename, device, format: 'jpg', size, width: 2, height: 2 },
      ...{ captured_at: createdAt, created_at: createdAt },
    });
  }

  /** The names that the catalog has. */
  names(): string[] {
    return this.files.rows().map((row) => row.split(' ')[1]!);
  }

  /** The names that the disk has. */
  onDisk(): string[] {
    return Object.keys(this.files.files())
      .map((path) => path.split('/').at(-1)!)
      .sort();
  }

  path(path: string): string {
    return this.lab.dir.join(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab[Symbol.asyncDispose]();
  }

  #write(path: string, size: number): void {
    this.files.write(path, { content: 'x'.repeat(size) });
  }

  #build() {
    const { db } = this.lab;
    const files = new FilesLab(this.lab);
    const { events, kept } = files;
    events.onEvent(({ topic, data }) => {
      if (topic.endsWith('.deleted'))
        this.gone.push({ topic, filename: data['filename'], reason: data['reason'] as DeletionReason });
    });
    return { files, events, kept, store: new KeptFileStore(db) };
  }
}

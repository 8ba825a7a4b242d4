import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { CameraForgetter } from '../../src/cameras/forget.ts';
import { CameraMerger } from '../../src/cameras/merge.ts';
import type { CameraRegistry } from '../../src/cameras/registry.ts';
import { EventLog } from '../../src/events/event-log.ts';
import { Notifier } from '../../src/events/notifier.ts';
import { RecordingAnnouncer } from '../../src/recordings/announcer.ts';
import { checkRecordings } from '../../src/recordings/catalog-check.ts';
import { RecordingCloser } from '../../src/recordings/closer.ts';
import { RecordingProtection } from '../../src/recordings/protection.ts';
import { Recordings } from '../../src/recordings/recordings.ts';
import { PictureTaker } from '../../src/snapshots/picture-taker.ts';
import { KeptFiles } from '../../src/retention/kept-files.ts';
import { Snapshots } from '../../src/snapshots/snapshots.ts';
import { Stills } from '../../src/snapshots/stills.ts';
import { MergeStore } from '../../src/store/merges.ts';
import { RecordingStore } from '../../src/store/recordings.ts';
import { SnapshotStore } from '../../src/store/snapshots.ts';
import { log, type CameraLab } from './harness.ts';

const noFfmpeg = (): never => {
  throw new Error('there is no ffmpeg in this test');
};

/** The parts that keep files of cameras, on a lab's database and directory, as one run of the service has them. */
export class FilesLab {
  readonly registry: CameraRegistry;
  readonly recordings: Recordings;
  readonly recordingStore: RecordingStore;
  readonly snapshots: Snapshots;
  readonly snapshotStore: SnapshotStore;
  readonly mergeStore: MergeStore;
  readonly merger: CameraMerger;
  readonly forgetter: CameraForgetter;
  readonly events: EventLog;
  readonly kept: KeptFiles;
  readonly protection: RecordingProtection;
  readonly closer: RecordingCloser;
  readonly removedPaths: string[] = [];
  readonly forgotten: string[] = [];
  /** MediaMTX does not answer. */
  isMediaDown = false;
  readonly #lab: CameraLab;
  readonly #recordingsDir: string;

  constructor(lab: CameraLab) {
    this.#lab = lab;
    const { db, store } = lab;
    const [recordingsDir, snapshotsDir] = [lab.dir.join('recordings'), lab.dir.join('snapshots')];
    this.#recordingsDir = recordingsDir;
    this.registry = lab.createRegistry();
    this.recordingStore = new RecordingStore(db);
    this.snapshotStore = new SnapshotStore(db);
    this.mergeStore = new MergeStore(db);
    this.events = new EventLog({ db, log });
    const { events } = this;
    const pictures = new PictureTaker({ taps: lab.taps, ffmpeg: noFfmpeg, timeoutMs: 1_000 });
    const stills = new Stills({ pictures, cacheDir: lab.dir.join('stills'), ffmpeg: noFfmpeg, log });
    this.snapshots = new Snapshots({ store: this.snapshotStore, snapshotsDir, pictures, events, log });
    this.closer = new RecordingCloser({
      store: this.recordingStore,
      recordingsDir,
      ffmpeg: noFfmpeg,
      now: Date.now,
      log,
    });
    this.recordings = new Recordings({
      store: this.recordingStore,
      recordingsDir,
      controller: () => ({
        isUp: false,
        patchRecord: () => Promise.reject(new Error('there is no MediaMTX in this test')),
      }),
      cameras: this.registry,
      closer: this.closer,
      announcer: new RecordingAnnouncer({
        events,
        notifier: new Notifier({ log }),
        onChange: () => undefined,
      }),
      minFreeBytes: 0,
      fileTimeoutMs: 60_000,
      pictureTimeoutMs: 60_000,
      partMs: 1_000,
      log,
    });
    const deps = {
      cameras: this.registry,
      recordings: this.recordings,
      snapshots: this.snapshots,
      stills,
      recordingsDir,
      removePath: (device: string) => this.#removePath(device),
      onForgotten: (device: string) => void this.forgotten.push(device),
      log,
    };
    this.merger = new CameraMerger({ ...deps, store: this.mergeStore, snapshotsDir });
    const { recordings, recordingStore, snapshots, snapshotStore } = this;
    this.kept = new KeptFiles({
      ...{ recordings, recordingStore, snapshots, snapshotStore, events, log },
      exclusively: (work) => this.merger.exclusively(work),
    });
    this.protection = new RecordingProtection({
      ...{ store: recordingStore, recordings, keptFiles: this.kept, events, log },
      exclusively: (work) => this.merger.exclusively(work),
    });
    this.forgetter = new CameraForgetter({
      ...deps,
      store,
      recordingStore,
      snapshotStore,
      keptFiles: this.kept,
      merger: this.merger,
    });
  }

  /** A recording in the catalog, with its file. */
  addRecording(device: string, filename: string, { isProtected = false } = {}): void {
    const size = this.write(`recordings/${device}/${filename}`);
    const times = { duration_ms: 1_000, start_at: 1_000, end_at: 2_000, created_at: 3_000 };
    const identity = { filename, device, session_id: `of-${parse(filename).name}`, format: 'mp4' as const };
    this.recordingStore.add({ ...identity, ...times, size, segments: 1, protected: isProtected ? 1 : 0 });
  }

  addSnapshot(device: string, filename: string): void {
    const size = this.write(`snapshots/${device}/${filename}`);
    const times = { captured_at: 1_000, created_at: 2_000 };
    this.snapshotStore.add({ filename, device, format: 'jpg', size, width: 2, height: 2, ...times });
  }

  /** A file whose content is the path it was made with, unless told. */
  write(path: string, { modifiedAt = 1_000, content = path } = {}): number {
    const file = this.#lab.dir.join(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, modifiedAt, modifiedAt);
    return content.length;
  }

  /** What a start of the service does before anything records. */
  async check(): Promise<void> {
    const { recordingStore: store } = this;
    await this.merger.complete();
    await checkRecordings({
      store,
      recordingsDir: this.#recordingsDir,
      ffmpeg: noFfmpeg,
      now: Date.now,
      log,
    });
    await this.snapshots.check();
  }

  /** Every file with what it was written with. */
  files(): Record<string, string> {
    const root = this.#lab.dir.path;
    const found = ['recordings', 'snapshots', 'stills']
      .filter((dir) => existsSync(join(root, dir)))
      .flatMap((dir) =>
        readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name)),
      );
    return Object.fromEntries(
      found.sort().map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]),
    );
  }

  /** Every row with the camera that it is of. */
  rows(): string[] {
    return [...this.recordingStore.all(), ...this.snapshotStore.all()]
      .map(({ device, filename }) => `${device} ${filename}`)
      .sort();
  }

  async #removePath(device: string): Promise<void> {
    this.removedPaths.push(device);
    if (this.isMediaDown) throw new Error('MediaMTX does not answer');
  }
}

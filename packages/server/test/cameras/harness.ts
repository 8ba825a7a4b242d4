import { TempDir } from '@mediamtx-camera-service/testkit';
import { pino } from 'pino';
import { Camera } from '../../src/cameras/camera.ts';
import { captureSourceOf, modeFor } from '../../src/cameras/capture-source.ts';
import { CameraRegistry, type RegistryDeps } from '../../src/cameras/registry.ts';
import { Capture, EncoderChooser } from '../../src/capture/index.ts';
import { CameraStore, type CameraRow } from '../../src/store/cameras.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { TapPool } from '../../src/taps/tap-pool.ts';

export const log = pino({ level: 'silent' });

// Nobody wants a picture in these tests, so none of these is asked.
const unasked = (): never => {
  throw new Error('no picture is wanted in this test');
};

const wanted = { width: 1280, height: 720, fps: 30, pixelFormat: 'YUYV' };

/** A real store and real cameras that nobody wants to see; a new registry is a new run of the service. */
export class CameraLab implements AsyncDisposable {
  readonly dir: TempDir;
  readonly file: string;
  readonly taps = new TapPool();
  readonly added: string[] = [];
  db: Database;
  store: CameraStore;
  now = 1_000;
  #registry: CameraRegistry | undefined;

  private constructor(dir: TempDir) {
    this.dir = dir;
    this.file = dir.join('test.db');
    this.db = openDatabase(this.file);
    this.store = new CameraStore(this.db);
  }

  static async create(): Promise<CameraLab> {
    return new CameraLab(await TempDir.create());
  }

  /** The registry of a new run on the same database. By default nothing is decided by time. */
  createRegistry(options: Partial<RegistryDeps> = {}): CameraRegistry {
    this.#registry?.stop();
    this.added.length = 0;
    const registry = new CameraRegistry({
      store: this.store,
      makeCamera: (row) => this.#makeCamera(row),
      onAdded: ({ device }) => this.added.push(device),
      settleMs: 1_000_000,
      maxWaitMs: 1_000_000,
      now: () => this.now,
      log,
      ...options,
    });
    registry.load();
    this.#registry = registry;
    return registry;
  }

  /** As after a kill: what is open is opened anew. */
  reopen(): void {
    this.#registry?.stop();
    this.db.close();
    this.db = openDatabase(this.file);
    this.store = new CameraStore(this.db);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#registry?.stop();
    await this.taps.stop();
    this.db.close();
    await this.dir[Symbol.asyncDispose]();
  }

  #makeCamera(row: CameraRow): Camera {
    return new Camera({
      row,
      chooseMode: (present) => modeFor(present, wanted),
      makeCapture: (owner) =>
        new Capture({
          name: owner.device,
          source: () => captureSourceOf(owner),
          publishUrl: unasked,
          ffmpeg: unasked,
          encoder: new EncoderChooser({ useHardware: false }),
          recover: (end, signal) => owner.picture.recover(end, signal),
          log,
        }),
      taps: this.taps,
      rtspTarget: unasked,
      hasPublisher: async () => false,
      lingerMs: 0,
      defaultMode: 'on_demand',
      whoHolds: async () => undefined,
      recheck: async () => undefined,
      noteEncoderFailure: () => undefined,
      keep: (kept) => this.store.update(kept),
      onChange: () => undefined,
      onReturn: () => undefined,
      onLastPicture: () => undefined,
      log,
    });
  }
}

import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { AppError, notFound } from '../errors.ts';
import { deleteLeftovers } from '../recordings/camera-files.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { FileName, KeptFiles } from '../retention/kept-files.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import type { Stills } from '../snapshots/stills.ts';
import type { CameraStore } from '../store/cameras.ts';
import type { RecordingStore } from '../store/recordings.ts';
import type { SnapshotStore } from '../store/snapshots.ts';
import { asStorageError } from '../store/storage-error.ts';
import type { Camera } from './camera.ts';
import type { CameraMerger } from './merge.ts';
import type { CameraRegistry } from './registry.ts';

export interface CameraForgetterDeps {
  cameras: Pick<CameraRegistry, 'find' | 'remove'>;
  store: Pick<CameraStore, 'remove'>;
  recordings: Pick<Recordings, 'assertIdle'>;
  recordingStore: Pick<RecordingStore, 'allOf'>;
  snapshotStore: Pick<SnapshotStore, 'allOf'>;
  keptFiles: Pick<KeptFiles, 'deleteNow'>;
  recordingsDir: string;
  snapshots: Pick<Snapshots, 'untilIdle' | 'deleteDirectory'>;
  stills: Pick<Stills, 'remove'>;
  merger: Pick<CameraMerger, 'exclusively'>;
  /** Takes a camera's path out of MediaMTX. */
  removePath: (device: string) => Promise<void>;
  /** A camera is known no more. */
  onForgotten: (device: string) => void;
  log: Logger;
}

// What is deleted before others have their turn again.
const stepSize = 20;

/**
 * Forgets cameras that are not there any more. The files go first, one by one with their rows, and the camera last: cut
 * off anywhere, the camera is known still, the catalog agrees with the files, and it can be asked for again.
 */
export class CameraForgetter {
  readonly #deps: CameraForgetterDeps;

  constructor(deps: CameraForgetterDeps) {
    this.#deps = deps;
  }

  /** Throws `invalid_state` for a camera that is plugged in, also a disabled one: it would come back as a new one. */
  forget(camera: Camera, { deleteFiles }: { deleteFiles: boolean }): Promise<{ filesDeleted: number }> {
    return this.#deps.merger.exclusively(async () => {
      const { log, onForgotten, stills } = this.#deps;
      const { device } = camera;
      this.#assertForgettable(camera);
      try {
        const filesDeleted = deleteFiles ? await this.#deleteFiles(device) : 0;
        // It may have come back meanwhile.
        this.#assertForgettable(camera);
        this.#deps.store.remove(camera.row.number);
        this.#deps.cameras.remove(camera);
        await camera.stop();
        onForgotten(device);
        await this.#removePath(device);
        await stills.remove(device);
        log.info({ device, filesDeleted }, 'a camera was forgotten');
        return { filesDeleted };
      } catch (error) {
        throw asStorageError(error, `${device} could not be forgotten`);
      }
    });
  }

  /** All but protected recordings; each is told as it goes. */
  async #deleteFiles(device: string): Promise<number> {
    const { snapshots, keptFiles, recordingsDir } = this.#deps;
    await snapshots.untilIdle(device);
    const files = this.#filesOf(device);
    let count = 0;
    for (let at = 0; at < files.length; at += stepSize) {
      const { deleted, failures } = await keptFiles.deleteNow(files.slice(at, at + stepSize), 'forgotten');
      if (failures[0]) throw failures[0].error;
      count += deleted.length;
      await setImmediate();
    }
    await deleteLeftovers(recordingsDir, device);
    await snapshots.deleteDirectory(device);
    return count;
  }

  #filesOf(device: string): FileName[] {
    const { recordingStore, snapshotStore } = this.#deps;
    const recordings = recordingStore.allOf(device).filter((row) => row.protected === 0);
    return [
      ...recordings.map(({ filename }) => ({ kind: 'recordings' as const, filename })),
      ...snapshotStore.allOf(device).map(({ filename }) => ({ kind: 'snapshots' as const, filename })),
    ];
  }

  /** Best effort: a MediaMTX that is away has lost it, and is not told of it again. */
  async #removePath(device: string): Promise<void> {
    await this.#deps
      .removePath(device)
      .catch((error: unknown) =>
        this.#deps.log.warn({ err: error, device }, 'the path of a camera that is gone could not be removed'),
      );
  }

  #assertForgettable(camera: Camera): void {
    const { device } = camera;
    if (this.#deps.cameras.find(device) !== camera)
      throw notFound('camera', device, 'get_camera_list tells which cameras there are.');
    if (camera.isPresent || camera.status === 'PROBING') throw isThere(camera);
    this.#deps.recordings.assertIdle(device);
  }
}

function isThere({ device, state, status }: Camera): AppError {
  return new AppError('invalid_state', {
    reason: 'camera_present',
    // A disabled one says DISCONNECTED of itself.
    state: state === 'disabled' ? state : status,
    allowed_states: ['DISCONNECTED'],
    details: `${device} is plugged in, and would come back as a new camera`,
    suggestion: 'Unplug it first, or have it left alone: set_camera {enabled: false}.',
  });
}

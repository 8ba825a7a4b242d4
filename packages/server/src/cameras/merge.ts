import { join } from 'node:path';
import type { CameraSettings } from '@mediamtx-camera-service/protocol';
import type { Logger } from 'pino';
import { AppError, messageOf, notFound } from '../errors.ts';
import { moveRecordings } from '../recordings/camera-files.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import type { Stills } from '../snapshots/stills.ts';
import type { CameraRow } from '../store/cameras.ts';
import type { MergeRow, MergeStore } from '../store/merges.ts';
import { moveDirectory } from '../store/move-directory.ts';
import { asStorageError } from '../store/storage-error.ts';
import type { Camera } from './camera.ts';
import type { CameraRegistry } from './registry.ts';

export interface CameraMergerDeps {
  cameras: Pick<CameraRegistry, 'find' | 'join'>;
  store: MergeStore;
  recordings: Pick<Recordings, 'assertIdle'>;
  snapshots: Pick<Snapshots, 'untilIdle'>;
  stills: Pick<Stills, 'join'>;
  recordingsDir: string;
  snapshotsDir: string;
  /** Takes a camera's path out of MediaMTX. */
  removePath: (device: string) => Promise<void>;
  /** A camera is known no more. */
  onForgotten: (device: string) => void;
  log: Logger;
}

/**
 * Joins two entries that are one camera. The database changes in one transaction, which notes the merge; then the files
 * move, by renames that can be done again; the note goes last. A start finds the note of a merge that was cut off and
 * ends it before the catalog is checked, so files and catalog agree whenever anybody compares them.
 */
export class CameraMerger {
  readonly #deps: CameraMergerDeps;
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: CameraMergerDeps) {
    this.#deps = deps;
  }

  /** `camera` keeps its number, and `other` is gone afterwards. Throws `invalid_state` for two that can't be one. */
  merge(camera: Camera, other: Camera): Promise<void> {
    return this.exclusively(async () => {
      const { cameras, store, removePath, onForgotten, snapshots, log } = this.#deps;
      this.#assertMergeable(camera, other);
      const row = mergeRows(camera, other);
      const merge = this.#begin(() => store.begin(row, other.row));
      const pathGone = removePath(other.device).catch((error: unknown) =>
        log.warn(
          { err: error, device: other.device },
          'the path of a camera that is gone could not be removed',
        ),
      );
      await cameras.join(camera, other, row);
      onForgotten(other.device);
      await Promise.all([pathGone, snapshots.untilIdle(other.device)]);
      log.info({ device: camera.device, other: other.device }, 'two cameras were merged');
      await this.#finish(merge);
    });
  }

  /** Ends what the last run left; before the catalog is checked. A failure is logged, and tried again later. */
  async complete(): Promise<void> {
    await this.exclusively(async () => undefined).catch((error: unknown) =>
      this.#deps.log.error({ err: error }, 'a merge of two cameras could not be ended'),
    );
  }

  /** Runs what must not meet a merge that is under way, or one that is not at its end. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(async () => {
      for (const merge of this.#deps.store.pending()) await this.#finish(merge);
      return work();
    });
    // Whoever asked is told of a failure; the next one tries anew.
    this.#last = run.catch(() => undefined);
    return run;
  }

  /** What is still to be done of a merge, step by step. Cut off anywhere and done again, it comes to the same end. */
  async *steps(merge: MergeRow): AsyncGenerator<string> {
    const { store, stills, recordingsDir, snapshotsDir } = this.#deps;
    const { other, device } = merge;
    yield* moveRecordings(recordingsDir, merge);
    yield* moveDirectory(join(snapshotsDir, other), join(snapshotsDir, device));
    await stills.join(device, other);
    yield 'still';
    store.end(merge);
    yield 'end';
  }

  async #finish(merge: MergeRow): Promise<void> {
    try {
      for await (const step of this.steps(merge))
        this.#deps.log.debug({ ...merge, step }, 'a step of a merge');
    } catch (error) {
      throw notMoved(merge, error);
    }
  }

  #begin<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asStorageError(error, 'the cameras could not be merged');
    }
  }

  #assertMergeable(camera: Camera, other: Camera): void {
    const { cameras, recordings } = this.#deps;
    for (const { device } of [camera, other]) {
      // It may have gone while another change was under way.
      if (!cameras.find(device))
        throw notFound('camera', device, 'get_camera_list tells which cameras there are.');
    }
    if (camera === other) throw isOne(camera.device);
    if (camera.row.kind !== other.row.kind) throw areOfTwoKinds(camera, other);
    if (camera.isPresent && other.isPresent) throw areTwo(camera, other);
    recordings.assertIdle(camera.device);
    recordings.assertIdle(other.device);
  }
}

/** The device is the one that is there, or was last; what a person set of `camera` stays, and `other` fills the rest. */
function mergeRows(camera: Camera, other: Camera): CameraRow {
  const [row, second] = [camera.row, other.row];
  const isOthers = other.isPresent || (!camera.isPresent && second.lastSeen > row.lastSeen);
  const {
    name,
    identity,
    capabilities,
    capabilityStatus,
    node,
    lastSeen,
    learned,
    releasedUntil,
    recognition,
  } = isOthers ? second : row;
  return {
    ...row,
    ...{ name, identity, capabilities, capabilityStatus, node, lastSeen, releasedUntil },
    learned: { ...learned, isStillNormal: row.learned.isStillNormal || second.learned.isStillNormal },
    settings: fillSettings(row.settings, second.settings),
    controls: { ...second.controls, ...row.controls },
    recognition: { ...recognition, notice: null, candidates: [] },
  };
}

function fillSettings(settings: CameraSettings, others: CameraSettings): CameraSettings {
  return { ...fill(settings, others), recording: fill(settings.recording, others.recording) };
}

function fill<T extends object>(values: T, others: T): T {
  const given = Object.entries(values).filter(([, value]) => value !== null);
  return { ...others, ...(Object.fromEntries(given) as Partial<T>) };
}

function isOne(device: string): AppError {
  return new AppError('invalid_params', {
    reason: 'same_camera',
    param: 'other',
    rule: 'another_camera',
    hint: 'name two cameras',
    details: `other: it is ${device} too`,
    suggestion: 'Name two cameras.',
  });
}

function areOfTwoKinds(camera: Camera, other: Camera): AppError {
  const { kind } = other.row;
  return new AppError('invalid_state', {
    reason: 'other_kind',
    state: kind,
    allowed_states: [camera.row.kind],
    details: `${camera.device} is of kind ${camera.row.kind}, and ${other.device} of kind ${kind}: they are not one camera`,
    suggestion: 'Merge cameras of one kind.',
  });
}

function areTwo(camera: Camera, other: Camera): AppError {
  return new AppError('invalid_state', {
    reason: 'both_present',
    state: other.status,
    allowed_states: ['DISCONNECTED'],
    details: `${camera.device} and ${other.device} are both plugged in: they are two cameras`,
    suggestion: 'Only entries of which one at most is plugged in can be one camera.',
  });
}

function notMoved({ device, other }: MergeRow, error: unknown): unknown {
  const details = `not all files of ${other} could be moved to ${device}: ${messageOf(error)}`;
  const known = asStorageError(error, details);
  if (known instanceof AppError) return known;
  return new AppError(
    'dependency_failed',
    {
      reason: 'files_not_moved',
      dependency: 'storage',
      detail: messageOf(error),
      details,
      suggestion:
        'The cameras are merged; the files follow at the next merge, or at the next start of the service.',
    },
    { cause: error },
  );
}

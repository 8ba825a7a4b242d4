import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Params } from '@mediamtx-camera-service/protocol';
import type { Logger } from 'pino';
import type { Camera } from '../cameras/camera.ts';
import { AppError, errnoOf, messageOf } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import { fileStem } from '../store/file-stem.ts';
import { partPrefix, writeNewFile } from '../store/atomic-file.ts';
import type { SnapshotRow, SnapshotStore } from '../store/snapshots.ts';
import { asStorageError } from '../store/storage-error.ts';
import { checkSnapshots } from './catalog-check.ts';
import type { Picture, PictureTaker } from './picture-taker.ts';

export interface SnapshotsDeps {
  store: SnapshotStore;
  snapshotsDir: string;
  pictures: PictureTaker;
  events: Pick<EventLog, 'append'>;
  now?: () => number;
  log: Logger;
}

export interface TakenSnapshot {
  row: SnapshotRow;
  path: string;
  ageMs: number;
  method: Picture['method'];
}

// The promise is 100 ms; asked for is half of it, so that a frame's way is covered too.
const usualMaxAgeMs = 50;

/** Pictures that are kept as files: written whole or not at all, never over another one, and in the catalog. */
export class Snapshots {
  readonly #deps: SnapshotsDeps;
  readonly #now: () => number;
  /** Names that were made and are not in the catalog yet. */
  readonly #namesUnderWay = new Set<string>();
  readonly #underWay = new Map<Promise<TakenSnapshot>, string>();

  constructor(deps: SnapshotsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  take(camera: Camera, params: Params<'take_snapshot'>): Promise<TakenSnapshot> {
    const taking = this.#take(camera, params).finally(() => this.#underWay.delete(taking));
    this.#underWay.set(taking, camera.device);
    return taking;
  }

  /** Resolves when no snapshot of the camera is being taken. */
  async untilIdle(device: string): Promise<void> {
    const taking = [...this.#underWay].filter(([, of]) => of === device).map(([promise]) => promise);
    await Promise.allSettled(taking);
  }

  /** Deletes a camera's directory, when the catalog has none of its snapshots any more. */
  async deleteDirectory(device: string): Promise<void> {
    await rm(join(this.#deps.snapshotsDir, device), { recursive: true, force: true });
  }

  pathOf(row: Pick<SnapshotRow, 'device' | 'filename'>): string {
    return join(this.#deps.snapshotsDir, row.device, row.filename);
  }

  /** Makes files and catalog agree after a kill. */
  check(): Promise<void> {
    return checkSnapshots(this.#deps);
  }

  async #take(camera: Camera, params: Params<'take_snapshot'>): Promise<TakenSnapshot> {
    const requestedAt = this.#now();
    const { device } = camera;
    let filename: string | undefined;
    try {
      filename = this.#chooseName(device, params, requestedAt);
      this.#namesUnderWay.add(filename);
      const { format, quality, max_age_ms: maxAge } = params;
      const maxAgeMs = Math.min(maxAge ?? usualMaxAgeMs, usualMaxAgeMs);
      const picture = await this.#deps.pictures.take(camera, { format, quality, maxAgeMs });
      const row = await this.#write(picture, { filename, device, format });
      const ageMs = Math.max(0, requestedAt - picture.capturedAt);
      this.#deps.events.append(
        'snapshot.taken',
        { device, filename: row.filename, file_size: row.size },
        device,
      );
      return { row, path: this.pathOf(row), ageMs, method: picture.method };
    } catch (error) {
      if (isFailure(error))
        this.#deps.events.append('snapshot.error', { device, reason: messageOf(error) }, device);
      throw error;
    } finally {
      if (filename !== undefined) this.#namesUnderWay.delete(filename);
    }
  }

  async #write(
    picture: Picture,
    file: Pick<SnapshotRow, 'filename' | 'device' | 'format'>,
  ): Promise<SnapshotRow> {
    const { store, snapshotsDir } = this.#deps;
    const { filename, device } = file;
    const dir = join(snapshotsDir, device);
    try {
      await mkdir(dir, { recursive: true });
      // Two calls may want one name at once; each writes its own file, and the name goes to the first.
      await writeNewFile(this.pathOf(file), join(dir, `${partPrefix}${randomUUID()}`), picture.data);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') throw nameTaken(filename);
      throw asStorageError(error, 'the snapshot could not be written', snapshotsDir);
    }
    const row: SnapshotRow = {
      ...file,
      size: picture.data.length,
      width: picture.width,
      height: picture.height,
      captured_at: Math.round(picture.capturedAt),
      created_at: this.#now(),
    };
    try {
      store.add(row);
    } catch (error) {
      await rm(this.pathOf(file), { force: true });
      throw asStorageError(error, 'the snapshot could not be put into the catalog');
    }
    return row;
  }

  #chooseName(device: string, params: Params<'take_snapshot'>, now: number): string {
    const extension = `.${params.format}`;
    if (params.filename === undefined) {
      const stem = `${fileStem(device, now)}-${String(now % 1000).padStart(3, '0')}`;
      for (let n = 1; ; n++) {
        const name = `${stem}${n === 1 ? '' : `-${n}`}${extension}`;
        if (!this.#namesUnderWay.has(name) && !this.#deps.store.find(name)) return name;
      }
    }
    const name = /\.(jpe?g|png)$/i.test(params.filename) ? params.filename : `${params.filename}${extension}`;
    assertExtension(name, params.format);
    // Names are unique over all cameras, since a file is asked for by its name alone.
    if (this.#deps.store.find(name)) throw nameTaken(name);
    return name;
  }
}

function assertExtension(name: string, format: 'jpg' | 'png'): void {
  const isFitting = format === 'png' ? /\.png$/i.test(name) : /\.jpe?g$/i.test(name);
  if (isFitting) return;
  throw new AppError('invalid_params', {
    reason: 'extension_mismatch',
    param: 'filename',
    rule: 'extension',
    hint: `end it in .${format}, or leave the extension out`,
    details: `filename: ${name} does not fit format ${format}`,
    suggestion: `End it in .${format}, or leave the extension out.`,
  });
}

/** A caller's mistake is told to the caller; it is no event of the camera. */
function isFailure(error: unknown): boolean {
  const mistakes = ['invalid_params', 'invalid_state', 'not_found'];
  return !(error instanceof AppError) || !mistakes.includes(error.errorName);
}

function nameTaken(filename: string): AppError {
  return new AppError('invalid_state', {
    reason: 'exists',
    state: 'exists',
    allowed_states: ['absent'],
    details: `a snapshot named ${filename} exists`,
    suggestion: 'Take another name, or leave it out to have one made.',
  });
}

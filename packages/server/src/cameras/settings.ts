import type { CameraSettings, Params } from '@mediamtx-camera-service/protocol';
import type { Logger } from 'pino';
import type { CameraRow } from '../store/cameras.ts';
import { asStorageError } from '../store/storage-error.ts';
import type { Camera } from './camera.ts';
import { withoutDoubtsOf } from './recognition.ts';

/** Of one camera; `differs_from` is a camera's number. */
export type SettingsChange = Omit<Params<'set_camera'>, 'device'>;

export interface CameraSettingsDeps {
  keep: (row: CameraRow) => void;
  /** Makes MediaMTX's path of a camera anew, with its present settings. */
  renewPath: (camera: Camera) => Promise<void>;
  log: Logger;
}

/** What a person sets of single cameras: kept first, then applied at once. */
export class CameraSettingsKeeper {
  readonly #deps: CameraSettingsDeps;

  constructor(deps: CameraSettingsDeps) {
    this.#deps = deps;
  }

  /** What is left out stays; null is the service-wide default. Throws storage errors, and then nothing is changed. */
  async change(camera: Camera, { differs_from: other, ...change }: SettingsChange): Promise<void> {
    const { row } = camera;
    const settings = merge(row.settings, change);
    // Another mode is wanted, so what was learned of the old ones does not stand in its way.
    const isModeAsked = change.resolution !== undefined || change.fps !== undefined;
    const learned = isModeAsked ? { ...row.learned, failed: [], ownRate: null } : row.learned;
    const recognition = withoutDoubtsOf(row.recognition, (device) => device === other);
    const next: CameraRow = { ...row, settings, learned, recognition };
    this.#keep(next);
    camera.configure(next);
    this.#deps.log.info({ device: camera.device, settings }, 'the settings of a camera were changed');
    if (settings.recording.segment_duration !== row.settings.recording.segment_duration)
      await this.#deps.renewPath(camera);
  }

  #keep(row: CameraRow): void {
    try {
      this.#deps.keep(row);
    } catch (error) {
      throw asStorageError(error, 'the settings could not be kept');
    }
  }
}

function merge(
  settings: CameraSettings,
  { recording, ...change }: Omit<SettingsChange, 'differs_from'>,
): CameraSettings {
  return {
    ...settings,
    ...withoutUndefined(change),
    recording: { ...settings.recording, ...withoutUndefined(recording ?? {}) },
  };
}

function withoutUndefined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

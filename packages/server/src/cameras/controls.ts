import type { Logger } from 'pino';

import type { DeviceCandidate } from '../devices/device.ts';
import {
  ControlError,
  type ControlOptions,
  type ControlValues,
  type DeviceControl,
} from '../devices/v4l2/controls.ts';
import { messageOf } from '../errors.ts';

/** The part of a camera that matters here; its node is where it is now. */
export interface ControlledCamera {
  device: string;
  row: { node: string | null; kind: DeviceCandidate['kind'] };
}

/** Where it is remembered what somebody set, by the camera's name. */
export interface ControlStore {
  controlsOf(device: string): ControlValues;
  /** `values` are all that is to be remembered, not only what is new. */
  keep(device: string, values: ControlValues): void;
}

export interface CameraControlsDeps {
  list: (node: string, options?: ControlOptions) => Promise<DeviceControl[]>;
  set: (node: string, values: ControlValues, options?: ControlOptions) => Promise<DeviceControl[]>;
  store: ControlStore;
  log: Pick<Logger, 'info' | 'warn'>;
}

type ControlValue = ControlValues[string];

/** Nobody waits for it, and a device that has just come answers slowly, as the kernel asks it for every range. */
const whenBack: ControlOptions = { timeoutMs: 15_000 };

/**
 * The controls of all cameras: read, set, and set again when a camera is back, since most forget what they were set
 * to when they lose power. One call at a time for each camera; the callers see to it that the camera is there.
 */
export class CameraControls {
  readonly #deps: CameraControlsDeps;
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #failed = new Set<string>();

  constructor(deps: CameraControlsDeps) {
    this.#deps = deps;
  }

  /** Empty for a camera that is no V4L2 device. Throws ControlsUnavailableError. */
  get(camera: ControlledCamera): Promise<DeviceControl[]> {
    const node = nodeOf(camera);
    return node === null ? Promise.resolve([]) : this.#inTurn(camera.device, () => this.#deps.list(node));
  }

  /** All or none are set and remembered; all controls as they read back. Throws ControlError, ControlsUnavailableError. */
  set(camera: ControlledCamera, values: ControlValues): Promise<DeviceControl[]> {
    return this.#inTurn(camera.device, async () => {
      const node = nodeOf(camera);
      const [first] = Object.keys(values);
      if (node === null) {
        if (first === undefined) return [];
        throw new ControlError(first, 'unknown', 'this camera has no controls');
      }
      const controls = await this.#deps.set(node, values);
      this.#remember(camera.device, values, controls);
      return controls;
    });
  }

  /**
   * Sets what is remembered and differs, as far as the device still offers it. Never rejects: what fails is logged,
   * once until it is set anew, and does not stop the others.
   */
  async reapply(camera: ControlledCamera): Promise<void> {
    const { device } = camera;
    const node = nodeOf(camera);
    if (node === null || Object.keys(this.#deps.store.controlsOf(device)).length === 0) return;
    try {
      await this.#inTurn(device, () => this.#setAgain(device, node));
    } catch (error) {
      this.#deps.log.warn({ device, reason: messageOf(error) }, "a camera's controls could not be set again");
    }
  }

  async #setAgain(device: string, node: string): Promise<void> {
    const current = new Map((await this.#deps.list(node, whenBack)).map(({ name, value }) => [name, value]));
    const differing = Object.entries(this.#deps.store.controlsOf(device)).filter(
      ([name, value]) => current.has(name) && current.get(name) !== value,
    );
    // A device that has just come may not be ready for all of it, and be a moment later.
    const failed = new Map<string, ControlValue>();
    const kept = new Map(differing);
    await this.#setTakenOnes({ device, node, wanted: kept }, (error, value) => {
      if (isForNow(error)) failed.set(error.control, value);
      else this.#tellFailure(device, error);
    });
    await this.#setTakenOnes({ device, node, wanted: failed }, (error) => this.#tellFailure(device, error));
  }

  /** Sets all but those of which each is refused by itself. */
  async #setTakenOnes(
    { device, node, wanted }: { device: string; node: string; wanted: Map<string, ControlValue> },
    onRefusal: (error: ControlError, value: ControlValue) => void,
  ): Promise<void> {
    while (wanted.size > 0) {
      try {
        await this.#deps.set(node, Object.fromEntries(wanted), whenBack);
        this.#deps.log.info({ device, controls: [...wanted.keys()] }, 'controls were set again');
        return;
      } catch (error) {
        const value = error instanceof ControlError ? wanted.get(error.control) : undefined;
        if (!(error instanceof ControlError) || value === undefined) throw error;
        wanted.delete(error.control);
        onRefusal(error, value);
      }
    }
  }

  #tellFailure(device: string, { control, rule, hint }: ControlError): void {
    // An automatic mode that was switched on later decides it: as it should be.
    if (rule === 'inactive') return;
    const key = `${device} ${control}`;
    if (this.#failed.has(key)) return;
    this.#failed.add(key);
    this.#deps.log.warn({ device, control, rule, reason: hint }, 'a control could not be set again');
  }

  #remember(device: string, values: ControlValues, controls: DeviceControl[]): void {
    const kept = { ...this.#deps.store.controlsOf(device) };
    for (const { name, value, flags } of controls) {
      const asked = Object.hasOwn(values, name) ? values[name] : undefined;
      // Null: a press of a button, or a move that is written only. Nothing to repeat.
      if (asked === undefined || value === null) continue;
      // A volatile value is already another one when it is read.
      kept[name] = flags.includes('volatile') ? asked : value;
      this.#failed.delete(`${device} ${name}`);
    }
    this.#deps.store.keep(device, kept);
  }

  #inTurn<T>(device: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(device) ?? Promise.resolve();
    const running = before.then(work);
    const tail = running
      .catch(() => undefined)
      .then(() => {
        if (this.#tails.get(device) === tail) this.#tails.delete(device);
      });
    this.#tails.set(device, tail);
    return running;
  }
}

function nodeOf({ row }: ControlledCamera): string | null {
  return row.kind === 'usb' ? row.node : null;
}

/** Others are of the value or of the control, and stay. */
function isForNow({ rule }: ControlError): boolean {
  return rule === 'refused' || rule === 'grabbed';
}

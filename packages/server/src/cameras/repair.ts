import type { Logger } from 'pino';
import { settlesWithin } from '../process/child-process.ts';
import { delay } from '../process/delay.ts';
import type { FailedRun } from './mode-trial.ts';
import type { Plan, Recovery } from './recovery.ts';

export interface RepairDeps {
  /** Has the device looked at now; resolves when what was found is told. */
  recheck: () => Promise<void>;
  /** Who has a device open, for the reason of BUSY; undefined where it can't be told. */
  whoHolds: (node: string) => Promise<{ pid: number; command: string } | undefined>;
  /** The encoder of the last run failed. */
  noteEncoderFailure: () => void;
  log: Logger;
}

export interface CameraRepairDeps extends RepairDeps {
  node: () => string | null;
  recovery: Recovery;
  /** Takes the next lower mode, if there is one and the mode may be at fault. */
  lowerMode: (failure: FailedRun) => void;
  /** Whether the device is there and answers. */
  isThere: () => boolean;
  /** What the camera says of itself has changed. */
  onChange: () => void;
}

/** The longest that a remedy waits for its effect, in milliseconds. */
const patienceMs = 5_000;
const holderPollMs = 500;
/** A device that hangs must not hold up its next try. */
const lookMs = 1_000;

/** Carries out the remedies of one camera, each bounded in time, and given up when the camera is wanted no more. */
export class Repair {
  readonly #deps: CameraRepairDeps;

  constructor(deps: CameraRepairDeps) {
    this.#deps = deps;
  }

  /** A device that went, or is dead, is told by its probe, not by the words of the program that lost it. */
  async look(failure: FailedRun): Promise<void> {
    if (isOfDevice(failure)) await settlesWithin(this.#recheck(), lookMs);
  }

  /** Resolves when capture may start again. */
  async carryOut({ remedy, waitMs }: Plan, failure: FailedRun, signal: AbortSignal): Promise<void> {
    const { recovery, lowerMode, noteEncoderFailure } = this.#deps;
    const isOver = AbortSignal.any([signal, recovery.wake]);
    if (remedy === 'lower_mode') lowerMode(failure);
    if (remedy === 'next_encoder') noteEncoderFailure();
    if (remedy === 'await_holder') await this.#awaitHolder(isOver);
    else if (remedy === 'reopen') await this.#reopen(waitMs, isOver);
    else await delay(waitMs, isOver);
  }

  /** Nobody of ours has the device now: it heals of some faults by that alone. */
  async #reopen(waitMs: number, isOver: AbortSignal): Promise<void> {
    await delay(waitMs, isOver);
    const until = performance.now() + patienceMs;
    while (!isOver.aborted && performance.now() < until) {
      await this.#recheck();
      if (this.#deps.isThere()) return;
      await delay(holderPollMs, isOver);
    }
  }

  async #awaitHolder(isOver: AbortSignal): Promise<void> {
    const { node, whoHolds, recovery, onChange } = this.#deps;
    const until = performance.now() + patienceMs;
    while (!isOver.aborted && performance.now() < until) {
      const path = node();
      const holder = path === null ? undefined : await whoHolds(path);
      if (!holder || isOver.aborted) break;
      recovery.explain(`device busy: ${holder.command} (process ${holder.pid}) uses it`);
      onChange();
      await delay(holderPollMs, isOver);
    }
    // One that can't be named, or that is a moment late in closing, must not make capture spin.
    await delay(holderPollMs, isOver);
  }

  async #recheck(): Promise<void> {
    try {
      await this.#deps.recheck();
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'the device could not be looked at again');
    }
  }
}

function isOfDevice({ code }: FailedRun): boolean {
  return ['unplugged', 'dead', 'io_error', 'permission', 'stalled'].includes(code);
}

import type { Control, ControlValue } from './control.ts';

export type ControlValues = Record<string, ControlValue>;

interface SenderDeps {
  send: (values: ControlValues) => Promise<Control[]>;
  /** All controls as they read back. */
  onSet: (controls: Control[], sent: ControlValues) => void;
  onRefused: (error: unknown, sent: ControlValues) => void;
}

/** Between two calls: as fast as a picture shows a difference. */
const paceMs = 120;

/** Sends what a dragged control passes through: one call at a time, and of each control only its newest value. */
export class ControlSender {
  readonly #deps: SenderDeps;
  #waiting: ControlValues = {};
  #isSending = false;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  add(values: ControlValues): void {
    this.#waiting = { ...this.#waiting, ...values };
    if (!this.#isSending) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    while (Object.keys(this.#waiting).length > 0) {
      const sent = this.#waiting;
      this.#waiting = {};
      const pause = new Promise((resolve) => setTimeout(resolve, paceMs));
      try {
        this.#deps.onSet(await this.#deps.send(sent), sent);
      } catch (error) {
        this.#deps.onRefused(error, sent);
      }
      await pause;
    }
    this.#isSending = false;
  }
}

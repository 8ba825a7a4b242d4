import type { Logger } from 'pino';
import { settlesWithin } from '../process/child-process.ts';

const partTimeoutMs = 4_500;

/** What was started, to be stopped in reverse; each part has its time, so that one that hangs can't hold up the rest. */
export class ShutdownStack {
  readonly #parts: { name: string; stop: () => unknown }[] = [];
  readonly #log: Logger;
  #stopping: Promise<void> | undefined;

  constructor({ log }: { log: Logger }) {
    this.#log = log;
  }

  /** What is started while the others are stopped is stopped too. */
  push(name: string, stop: () => unknown): void {
    this.#parts.push({ name, stop });
    if (this.#stopping) this.#stopping = this.#stopping.then(() => this.#stopAll());
  }

  /** Idempotent; never throws. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) {
      const { name, stop } = part;
      const stopping = Promise.resolve()
        .then(stop)
        .catch((error: unknown) =>
          this.#log.error({ err: error, part: name }, 'a part did not stop cleanly'),
        );
      if (!(await settlesWithin(stopping, partTimeoutMs)))
        this.#log.error({ part: name }, 'a part did not stop in time');
    }
  }
}

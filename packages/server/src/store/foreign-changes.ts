import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Database } from './database.ts';

const defaultIntervalMs = 250;

export interface ForeignChangesDeps {
  db: Database;
  /** Another program has changed the database. */
  onChange: () => void;
  log: Logger;
  intervalMs?: number;
}

/** Looks whether other programs, such as the command line, change the database: SQLite counts it, and tells nobody. */
export class ForeignChanges {
  readonly #deps: ForeignChangesDeps;
  #version: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: ForeignChangesDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#version ??= this.#readVersion();
    const { intervalMs = defaultIntervalMs } = this.#deps;
    this.#timer ??= setInterval(() => this.#look(), intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const version = this.#readVersion();
    if (version === undefined || version === this.#version) return;
    this.#version = version;
    this.#deps.onChange();
  }

  #readVersion(): number | undefined {
    try {
      const row = this.#deps.db.prepare('PRAGMA data_version').get() as { data_version: number };
      return row.data_version;
    } catch (error) {
      // A database that can't be read is told by whoever needs it; the next look may succeed.
      this.#deps.log.debug({ reason: messageOf(error) }, 'the database could not be looked at');
      return undefined;
    }
  }
}

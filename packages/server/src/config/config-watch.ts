import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { messageOf } from '../errors.ts';
import { isInTerminal, type Logger } from '../log.ts';
import type { ConfigKeeper } from './config-keeper.ts';

export interface ConfigWatchDeps {
  keeper: Pick<ConfigKeeper, 'file' | 'reload' | 'problem'>;
  /** The file has got mistakes, or has none any more. */
  onProblem: () => void;
  log: Logger;
}

// An editor writes a file in several steps.
const settleMs = 100;

/** Follows the file while the service runs: at each change on disk, and at SIGHUP (which in a terminal ends it). */
export class ConfigWatch {
  readonly #deps: ConfigWatchDeps;
  readonly #follow = (): void => void this.#reload();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: ConfigWatchDeps) {
    this.#deps = deps;
  }

  /** Idempotent. A directory that can't be watched leaves SIGHUP. */
  start(): void {
    if (this.#watcher) return;
    if (!isInTerminal()) process.on('SIGHUP', this.#follow);
    const { keeper, log } = this.#deps;
    // The directory, as a file that is replaced is another one.
    const directory = dirname(keeper.file);
    try {
      this.#watcher = watch(directory, { persistent: false }, (_event, name) => this.#note(name));
      this.#watcher.on('error', (error) => this.#giveUp(error));
    } catch (error) {
      this.#giveUp(error);
    }
    log.debug({ file: keeper.file }, 'the configuration file is followed');
  }

  stop(): void {
    process.off('SIGHUP', this.#follow);
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** The database beside it changes all the time. A mounted volume of Kubernetes is replaced as `..data`. */
  #note(name: string | null): void {
    if (name !== null && name !== basename(this.#deps.keeper.file) && !name.startsWith('..')) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#follow, settleMs);
    this.#timer.unref();
  }

  async #reload(): Promise<void> {
    const { keeper, onProblem, log } = this.#deps;
    try {
      const hadProblem = keeper.problem !== undefined;
      const isNew = await keeper.reload();
      if (!isNew) return;
      if (keeper.problem !== undefined) log.error({ file: keeper.file, reason: keeper.problem }, badFile);
      else log.info({ file: keeper.file }, 'the configuration file was read again');
      if (hadProblem || keeper.problem !== undefined) onProblem();
    } catch (error) {
      log.error({ err: error }, 'the configuration file could not be followed');
    }
  }

  #giveUp(error: unknown): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#deps.log.warn(
      { file: this.#deps.keeper.file, reason: messageOf(error) },
      'changes of the configuration file are not seen by themselves; SIGHUP reads it again',
    );
  }
}

const badFile = 'the configuration file has mistakes; what was in effect goes on';

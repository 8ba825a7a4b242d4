import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AppError, errnoOf } from '../errors.ts';
import { replaceFile } from '../store/atomic-file.ts';
import { isDiskFull, storageFull } from '../store/storage-error.ts';
import { checkChanges, valueRefused } from './change-rules.ts';
import { ConfigError } from './config-error.ts';
import { describeConfig, valueOf, type ConfigDescription } from './describe-config.ts';
import { editConfigText, type Changes } from './edit-text.ts';
import { parseConfigText, readConfigText } from './file-values.ts';
import { configKeys, isLive } from './keys.ts';
import {
  combine,
  configFileOf,
  configOf,
  tellIssue,
  type Combined,
  type ConfigFile,
  type ConfigSources,
  type EffectiveConfig,
  type Origin,
} from './load.ts';

/** Paths that took effect, and those whose new value waits for the next start. */
export interface ConfigChange {
  applied: string[];
  restart_needed: string[];
}

interface Edited {
  text: string;
  isNew: boolean;
  combined: Combined;
  wasInOrder: boolean;
}

type Listener = (applied: string[], restartNeeded: string[]) => void;

/**
 * The configuration of a running service: what is in effect, what the sources say by now, and the file between them.
 * Parts hold `effective` or a section of it and read values at use, so that a live key is in effect once it is set here.
 * Where what is wanted differs from what is in effect, the key waits for a restart.
 */
export class ConfigKeeper {
  readonly effective: EffectiveConfig;
  readonly #sources: ConfigSources;
  readonly #file: ConfigFile;
  readonly #listeners = new Set<Listener>();
  /** The file as it was followed last; empty where there is none. */
  #text: string;
  #wanted: EffectiveConfig;
  #origins: ReadonlyMap<string, Origin>;
  #problems: string[] = [];
  /** Changes come one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  /** Throws {@link ConfigError} with all mistakes of all sources. */
  constructor(sources: ConfigSources) {
    this.#sources = sources;
    this.#file = configFileOf(sources);
    this.#text = this.#read();
    const combined = this.#combine(this.#text);
    this.#wanted = configOf(combined, this.#file);
    this.#origins = combined.origins;
    this.effective = structuredClone(this.#wanted);
  }

  /** The file that is read, and that `set` writes. */
  get file(): string {
    return this.#file.path;
  }

  /** What is wrong with the file as it stands; the values before go on until it is mended. */
  get problem(): string | undefined {
    if (this.#problems.length === 0) return undefined;
    return `the configuration file has mistakes and is not followed until they are mended: ${this.#problems.join('; ')}`;
  }

  /** Paths whose value takes effect at the next start. */
  get restartNeeded(): string[] {
    return this.#differing().map(({ path }) => path);
  }

  /** Told after each change; `applied` may be empty. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Throws `not_found` for a section that does not exist. */
  describe(section?: string): ConfigDescription {
    return describeConfig({
      config: this.effective,
      wanted: this.#wanted,
      origins: this.#origins,
      restartNeeded: this.restartNeeded,
      file: this.file,
      section,
    });
  }

  /**
   * Changes the file, then what is in effect: all or nothing. Throws `invalid_params` for an unknown key or a value that
   * is not taken, `invalid_state` for a key that something else sets or a file with mistakes, `dependency_failed` or
   * `insufficient_storage` where the file can't be written.
   */
  set(changes: Changes): Promise<ConfigChange> {
    return this.#inTurn(async () => {
      checkChanges(changes, this.#origins);
      const { text, isNew, combined, wasInOrder } = this.#edit(changes);
      const config = this.#accept(combined, wasInOrder ? undefined : changes);
      if (isNew) await this.#write(text);
      this.#adopt(text, config, combined.origins);
      const waiting = new Set(this.restartNeeded);
      const paths = Object.keys(changes);
      return {
        applied: paths.filter((path) => !waiting.has(path)),
        restart_needed: paths.filter((path) => waiting.has(path)),
      };
    });
  }

  /** Follows the file as it is now; one with mistakes changes nothing but `problem`. Tells whether anything is new. */
  reload(): Promise<boolean> {
    return this.#inTurn(async () => {
      try {
        const text = this.#read();
        if (text === this.#text && this.#problems.length === 0) return false;
        const combined = this.#combine(text);
        this.#adopt(text, configOf(combined, this.#file), combined.origins);
        return true;
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        const isNew = !isDeepStrictEqual(error.problems, this.#problems);
        this.#problems = error.problems;
        return isNew;
      }
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #read(): string {
    return readConfigText(this.#file.path, { mayBeMissing: !this.#file.isNamed }) ?? '';
  }

  #combine(text: string): Combined {
    return combine(this.#sources, parseConfigText(text, this.#file.path), this.#file);
  }

  /** The file as it is on disk now, with the changes. */
  #edit(changes: Changes): Edited {
    try {
      const present = this.#read();
      const text = editConfigText(present, changes, this.#file.path);
      const wasInOrder = this.#combine(present).issues.length === 0;
      return { text, isNew: text !== present, combined: this.#combine(text), wasInOrder };
    } catch (error) {
      if (error instanceof ConfigError) throw fileBroken(error.problems);
      throw error;
    }
  }

  /** `changes`: where the file had mistakes before, what is new in it; else all mistakes are those of the change. */
  #accept({ config, issues, origins }: Combined, changes?: Changes): EffectiveConfig {
    const ofChange = issues.find(
      ({ path }) => !changes || Object.hasOwn(changes, path.slice(0, 2).join('.')),
    );
    if (ofChange) throw valueRefused(ofChange);
    if (issues.length > 0 || !config)
      throw fileBroken(issues.flatMap((issue) => tellIssue(issue, { origins, file: this.#file })));
    return config;
  }

  async #write(text: string): Promise<void> {
    try {
      await replaceFile(this.#file.path, text, 0o600);
    } catch (error) {
      if (isDiskFull(error)) throw storageFull('the configuration file', dirname(this.#file.path));
      throw notWritable(this.#file.path, error);
    }
  }

  #adopt(text: string, config: EffectiveConfig, origins: ReadonlyMap<string, Origin>): void {
    const before = new Set(this.restartNeeded);
    this.#text = text;
    this.#wanted = config;
    this.#origins = origins;
    this.#problems = [];
    const applied = this.#differing().filter(isLive);
    for (const { section, key } of applied) copyValue(config, this.effective, [section, key]);
    const waiting = this.restartNeeded;
    if (applied.length === 0 && waiting.length === before.size && waiting.every((path) => before.has(path)))
      return;
    for (const listener of this.#listeners)
      listener(
        applied.map(({ path }) => path),
        waiting,
      );
  }

  #differing() {
    return configKeys().filter(
      (key) => !isDeepStrictEqual(valueOf(this.effective, key), valueOf(this.#wanted, key)),
    );
  }
}

function copyValue(from: EffectiveConfig, to: EffectiveConfig, [section, key]: [string, string]): void {
  const source = from as unknown as Record<string, Record<string, unknown>>;
  const target = to as unknown as Record<string, Record<string, unknown>>;
  target[section]![key] = structuredClone(source[section]![key]);
}

function fileBroken(problems: string[]): AppError {
  return new AppError('invalid_state', {
    reason: 'file_invalid',
    state: 'file_invalid',
    allowed_states: ['file_valid'],
    details: `the configuration file has mistakes of its own: ${problems.join('; ')}`,
    suggestion: 'Mend the file first; nothing was changed.',
  });
}

function notWritable(file: string, error: unknown): AppError {
  const detail = `${file}: ${errnoOf(error) ?? String(error)}`;
  return new AppError(
    'dependency_failed',
    {
      reason: 'not_writable',
      dependency: 'config_file',
      detail,
      details: `the configuration file can't be written: ${detail}`,
      suggestion: 'Give the service write access to the file and its directory; nothing was changed.',
    },
    { cause: error },
  );
}

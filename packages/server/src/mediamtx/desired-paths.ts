import type { MediaMtxApi, PathConfig } from './api.ts';
import { isRefusal } from './errors.ts';
import { comparePath } from './reconcile.ts';

export interface DesiredPathsDeps {
  api: Pick<MediaMtxApi, 'listPathConfigs' | 'patchPath' | 'replacePath'>;
  /** The server refuses a path; the others are made all the same. */
  onRefused: (name: string, error: unknown) => void;
}

/** The paths that MediaMTX is to have, and making those that it has agree with them. */
export class DesiredPaths {
  readonly #deps: DesiredPathsDeps;
  readonly #desired = new Map<string, PathConfig>();
  #hasNews = false;

  constructor(deps: DesiredPathsDeps) {
    this.#deps = deps;
  }

  get all(): ReadonlyMap<string, PathConfig> {
    return this.#desired;
  }

  /** Whether a path is desired of which the server was not told yet. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  /** Desires a path that the server is to be told of at the next agreement. */
  desire(name: string, config: PathConfig): void {
    this.#desired.set(name, config);
    this.#hasNews = true;
  }

  /** One that the server has already. */
  adopt(name: string, config: PathConfig): void {
    this.#desired.set(name, config);
  }

  /** Changes fields of a desired path; telling the server is the caller's. */
  change(name: string, fields: PathConfig): void {
    const present = this.#desired.get(name);
    if (!present) throw new Error(`path ${name} is not desired`);
    this.#desired.set(name, { ...present, ...fields });
  }

  remove(name: string): void {
    this.#desired.delete(name);
  }

  /** Makes those that are missing or different; what else the server has is none of our business. */
  async agree(): Promise<void> {
    const { api, onRefused } = this.#deps;
    this.#hasNews = false;
    const actual = new Map((await api.listPathConfigs()).map((config) => [config.name, config]));
    for (const [name, desired] of this.#desired) {
      const change = comparePath(desired, actual.get(name));
      if (change.kind === 'none') continue;
      try {
        if (change.kind === 'patch') await api.patchPath(name, change.fields);
        else await api.replacePath(name, desired);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // One path that the server refuses must not keep all others away.
        onRefused(name, error);
      }
    }
  }
}

import type { Logger } from 'pino';
import { messageOf } from '../errors.ts';
import { delay } from '../process/delay.ts';
import { MediaMtxApi, type InternalUser, type PathConfig, type ServerInfo } from './api.ts';
import { DesiredPaths } from './desired-paths.ts';
import { parseEndpoint, type Credentials } from './endpoint.ts';
import { isStatus, notConnected, streamExists } from './errors.ts';
import { MediaMtxSessions } from './open-sessions.ts';
import type { PathState } from './path-state.ts';
import { ViewerCount } from './viewer-count.ts';

/** What `create_stream` asks for: a name, and where MediaMTX pulls it from. */
export interface StreamConfig {
  name: string;
  source: string;
}

export interface MediaMtxControllerOptions {
  /** `http://host:port` or `unix:///path.sock`. */
  apiUrl: string;
  credentials?: Credentials;
  /** Of one API call. */
  timeoutMs: number;
  /** Time between two looks; default 1 s. */
  pollMs?: number;
  /** A path that tells, by its absence, that the server lost all it was told; default none. */
  sentinel?: { name: string; config: PathConfig };
  /** Local TCP ports of our own readers, which are not viewers. */
  ownPorts?: () => Promise<number[]>;
  /** Called after each look that failed. */
  onFailedLook?: (error: unknown) => void;
  log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
}

// MediaMTX takes up to 4 s to refuse credentials, and silence would be the wrong reason to tell.
const refusalMs = 5_000;

export type ControllerState = 'connecting' | 'up' | 'down';

/**
 * Everything that is said to MediaMTX. Its actual paths are made to agree with the desired ones: at once when something
 * is asked for, and whenever the server comes (back). The server forgets all it was told by API when it restarts or its
 * file is touched; a changed start time or a missing sentinel shows it.
 */
export class MediaMtxController {
  readonly sessions: MediaMtxSessions;
  readonly #options: MediaMtxControllerOptions;
  readonly #api: MediaMtxApi;
  readonly #viewers: ViewerCount;
  readonly #desired: DesiredPaths;
  readonly #stateListeners = new Set<(state: ControllerState) => void>();
  readonly #pathListeners = new Set<(paths: ReadonlyMap<string, PathState>) => void>();
  readonly #abort = new AbortController();
  #users: (() => InternalUser[]) | undefined;
  #paths: ReadonlyMap<string, PathState> = new Map();
  #state: ControllerState = 'connecting';
  #info: ServerInfo | undefined;
  #failure: string | undefined;
  #lastError: unknown;
  #loop: Promise<void> | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: MediaMtxControllerOptions) {
    this.#options = options;
    this.#api = new MediaMtxApi({
      endpoint: parseEndpoint(options.apiUrl, options.credentials),
      timeoutMs: options.timeoutMs,
    });
    const ownPorts = options.ownPorts ?? (() => Promise.resolve([]));
    this.#viewers = new ViewerCount(this.#api, ownPorts);
    this.sessions = new MediaMtxSessions(this.#api, ownPorts);
    this.#desired = new DesiredPaths({
      api: this.#api,
      onRefused: (name, error) => options.log.error({ err: error, path: name }, 'MediaMTX refuses a path'),
    });
    if (options.sentinel) this.#desired.adopt(options.sentinel.name, options.sentinel.config);
  }

  get state(): ControllerState {
    return this.#state;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  get info(): ServerInfo | undefined {
    return this.#info;
  }

  /** Why it is down, in words. */
  get failure(): string | undefined {
    return this.#failure;
  }

  get paths(): ReadonlyMap<string, PathState> {
    return this.#paths;
  }

  get desiredPaths(): ReadonlyMap<string, PathConfig> {
    return this.#desired.all;
  }

  onState(listener: (state: ControllerState) => void): void {
    this.#stateListeners.add(listener);
  }

  /** Called after every look at the paths, about once a second while the server is up. */
  onPaths(listener: (paths: ReadonlyMap<string, PathState>) => void): void {
    this.#pathListeners.add(listener);
  }

  /** Whose list the server's users are; only for a server that is our own. */
  manageUsers(users: () => InternalUser[]): void {
    this.#users = users;
  }

  /** Looks for the first time and goes on looking; resolves after the first look, whether the server is there or not. */
  async start(): Promise<void> {
    if (this.#loop) return;
    await this.look();
    this.#loop = this.#keepLooking();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    // Cuts off what is under way: a server that hangs must not hold up the end.
    this.#api.close();
    await this.#loop;
  }

  /** How many watch a path; our own readers don't count. */
  viewersOf(name: string): number {
    return this.#viewers.of(name);
  }

  /** Desires a path without asking for it now: it is made at the next look. */
  desire(name: string, config: PathConfig): void {
    this.#desired.desire(name, config);
  }

  /** Makes a desired path so as it is desired. One that can't be made now is made when the server comes back. */
  async applyPath(name: string): Promise<void> {
    this.#assertUp();
    const config = this.#desired.all.get(name);
    if (config) await this.#api.replacePath(name, config);
  }

  /** Changes `record*` fields of a desired path without dropping anybody. */
  async patchRecord(name: string, fields: PathConfig): Promise<void> {
    this.#desired.change(name, fields);
    this.#assertUp();
    try {
      await this.#api.patchPath(name, fields);
    } catch (error) {
      // The server was told of the path, but has not got it yet, or has lost it.
      if (!isStatus(error, 404)) throw error;
      await this.applyPath(name);
    }
  }

  async removePath(name: string): Promise<void> {
    this.#desired.remove(name);
    if (this.isUp) await this.#api.deletePath(name);
  }

  async applyUsers(): Promise<void> {
    if (this.#users && this.isUp) await this.#api.setUsers(this.#users());
  }

  /** Refuses a name that the server has already; its source is pulled at once. */
  async createStream({ name, source }: StreamConfig): Promise<void> {
    this.#assertUp();
    if (this.#desired.all.has(name) || (await this.#api.getPathConfig(name))) throw streamExists(name);
    const config: PathConfig = { source, rtspTransport: 'tcp' };
    // Only after the server took it: one that it refuses must not be tried again at every restart.
    await this.#api.replacePath(name, config);
    this.#desired.adopt(name, config);
  }

  async getStreamList(): Promise<PathState[]> {
    return this.#api.listPaths();
  }

  async getStreamStatus(name: string): Promise<PathState | undefined> {
    return this.#api.getPath(name);
  }

  async deleteStream(name: string): Promise<void> {
    this.#assertUp();
    await this.removePath(name);
  }

  /** One look: is it there, is it the same as before, what do its paths do. Calls at the same time share one. */
  look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      // A server that is away is looked for more often: recovery is counted in tenths of a second.
      await delay(this.isUp ? (this.#options.pollMs ?? 1_000) : 200, signal);
      if (!signal.aborted) await this.look();
    }
  }

  async #lookOnce(): Promise<void> {
    try {
      const { timeoutMs } = this.#options;
      const info = await this.#api.info({
        timeoutMs: this.isUp ? timeoutMs : Math.max(timeoutMs, refusalMs),
      });
      const isNew = !this.isUp || info.started !== this.#info?.started || (await this.#hasForgotten());
      this.#info = info;
      if (isNew || this.#desired.hasNews) await this.#reconcile();
      if (isNew)
        this.#options.log.info(
          { version: info.version, paths: this.#desired.all.size },
          'MediaMTX is connected',
        );
      const paths = await this.#api.listPaths();
      this.#paths = new Map(paths.map((path) => [path.name, path]));
      await this.#viewers.update(paths);
      this.#failure = undefined;
      this.#setState('up');
      for (const listener of this.#pathListeners) listener(this.#paths);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      const failure = messageOf(error);
      if (failure !== this.#failure) this.#options.log.warn({ err: error }, 'MediaMTX does not answer');
      this.#failure = failure;
      this.#lastError = error;
      this.#paths = new Map();
      this.#setState('down');
      this.#options.onFailedLook?.(error);
    }
  }

  async #hasForgotten(): Promise<boolean> {
    const { sentinel } = this.#options;
    return sentinel !== undefined && (await this.#api.getPathConfig(sentinel.name)) === undefined;
  }

  async #reconcile(): Promise<void> {
    if (this.#users) await this.#api.setUsers(this.#users());
    await this.#desired.agree();
  }

  #assertUp(): void {
    if (!this.isUp) throw notConnected(this.#failure ?? 'not connected yet', this.#lastError);
  }

  #setState(state: ControllerState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }
}

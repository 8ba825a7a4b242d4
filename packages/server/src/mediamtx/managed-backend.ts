import { messageOf } from '../errors.ts';
import { findMediaMtx } from '../install/mediamtx.mjs';
import { delay } from '../process/delay.ts';
import { chooseTcpPort, chooseUdpPort } from '../process/ports.ts';
import { isRefusal } from './errors.ts';
import type { BackendOptions, MediaBackend } from './backend.ts';
import { MediaMtxController } from './controller.ts';
import { parseEndpoint, type Credentials, type Endpoint } from './endpoint.ts';
import { ManagedMediaMtx } from './managed-server.ts';
import { MediaMtxUsers } from './users.ts';
import { hostFromHere } from '../config/listen-host.ts';

export interface ManagedBackendOptions extends BackendOptions {
  runDir: string;
  /** Short enough for unix sockets. */
  socketDir: string;
  /** It ended and comes again. */
  onRestart: () => void;
  env: NodeJS.ProcessEnv;
}

// A process that has just died is still thought to live; its end is told within this time.
const silenceMs = 500;

/** Our own MediaMTX, on unix sockets with random credentials; only RTSP and the WebRTC media port are open to others. */
export class ManagedBackend implements MediaBackend {
  readonly mode = 'managed';
  readonly isLocal = true;
  readonly limitations = [];
  readonly ownRules = [];
  readonly controller: MediaMtxController;
  readonly users: MediaMtxUsers;
  readonly rtsp: { host: string; port: number };
  readonly #options: ManagedBackendOptions;
  readonly #server: ManagedMediaMtx;
  #silenceTimer: NodeJS.Timeout | undefined;

  /** Chooses the ports, which are the same for its whole life. Throws where a configured one is taken. */
  static async create(options: ManagedBackendOptions): Promise<ManagedBackend> {
    const { mediamtx, server } = options.config;
    const host = mediamtx.host ?? server.host;
    const [rtspPort, webrtcPort] = await Promise.all([
      chooseTcpPort({ host, wanted: mediamtx.rtsp_port, usual: 8554, option: 'mediamtx.rtsp_port' }),
      chooseUdpPort({ host, wanted: mediamtx.webrtc_port, usual: 8189, option: 'mediamtx.webrtc_port' }),
    ]);
    return new ManagedBackend(options, { host, rtspPort, webrtcPort });
  }

  private constructor(
    options: ManagedBackendOptions,
    { host, rtspPort, webrtcPort }: { host: string; rtspPort: number; webrtcPort: number },
  ) {
    this.#options = options;
    const users = new MediaMtxUsers();
    const { config, runDir, socketDir, ownPorts, onRestart, log } = options;
    this.rtsp = { host: hostFromHere(host), port: rtspPort };
    this.users = users;
    this.#server = new ManagedMediaMtx({
      binary: () => this.#findBinary(),
      ...{ runDir, socketDir, host, rtspPort, webrtcPort, log },
      credentials: users.service,
      users: () => users.list(),
      paths: () => this.controller.desiredPaths,
      onReady: () => void this.controller.look(),
      onExit: () => {
        onRestart();
        void this.controller.look();
      },
    });
    this.controller = new MediaMtxController({
      apiUrl: `unix://${this.#server.sockets.api}`,
      credentials: users.service,
      timeoutMs: config.mediamtx.api_timeout * 1000,
      ownPorts,
      onFailedLook: (error) => this.#restartIfSilent(error),
      log,
    });
    this.controller.manageUsers(() => users.list());
  }

  get pid(): number | null {
    return this.#server.pid ?? null;
  }

  get failure(): string | undefined {
    // Of one that runs, the last run's end is no reason any more.
    return this.#server.isReady ? undefined : this.#server.lastFailure;
  }

  get reader(): Credentials {
    return this.users.service;
  }

  publisherOf(name: string): Credentials {
    return this.users.publisherOf(name);
  }

  async admitPublisher(name: string): Promise<void> {
    this.users.publisherOf(name);
    await this.controller.applyUsers();
  }

  endpoint(kind: 'webrtc' | 'hls'): Endpoint {
    return parseEndpoint(`unix://${this.#server.sockets[kind]}`, this.reader);
  }

  /** One that can't start says so within a second; the service goes on without it, and it is tried again. */
  async start(): Promise<void> {
    const ready = this.#server.start();
    ready.catch((error: unknown) =>
      this.#options.log.debug({ reason: messageOf(error) }, 'MediaMTX was stopped before it was ready'),
    );
    const waited = new AbortController();
    await Promise.race([ready, this.#firstFailure(waited.signal), delay(10_000, waited.signal)]);
    waited.abort();
    await this.controller.start();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#silenceTimer);
    await this.controller.stop();
    await this.#server.stop();
  }

  async #firstFailure(signal: AbortSignal): Promise<void> {
    while (this.#server.lastFailure === undefined && !signal.aborted) await delay(20, signal);
  }

  async #findBinary(): Promise<string> {
    const { config, env } = this.#options;
    const { binary: configured } = config.mediamtx;
    const found = await findMediaMtx({ ...(configured !== undefined && { configured }), env });
    if (!found) throw new Error('MediaMTX is not installed; `npm start` installs it, or set mediamtx.binary');
    return found.path;
  }

  /** An API that is silent while the process lives is a deadlock of the server: only a restart helps. */
  #restartIfSilent(error: unknown): void {
    const server = this.#server;
    if (isRefusal(error) || !server.isReady || this.#silenceTimer) return;
    const { pid } = server;
    this.#silenceTimer = setTimeout(() => {
      this.#silenceTimer = undefined;
      if (server.pid !== pid || !server.isReady || this.controller.isUp) return;
      this.#options.log.error({ pid }, 'MediaMTX runs but does not answer; it is restarted');
      void server.restart();
    }, silenceMs);
    this.#silenceTimer.unref();
  }
}

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config/schema.ts';
import { AppError, messageOf } from '../errors.ts';
import { findMediaMtx } from '../install/mediamtx.mjs';
import { delay } from '../process/delay.ts';
import { chooseTcpPort, chooseUdpPort } from '../process/ports.ts';
import { isRefusal, isStatus, MediaMtxApi, type PathConfig } from './api.ts';
import { cameraPath } from './camera-path.ts';
import { MediaMtxController } from './controller.ts';
import { parseEndpoint, type Credentials, type Endpoint } from './endpoint.ts';
import { hookCommand } from './hooks.ts';
import { ManagedMediaMtx } from './managed-server.ts';
import { MediaMtxUsers } from './users.ts';
import { isSupportedVersion } from './version.ts';

export type MediaServerMode = 'managed' | 'external';

export interface MediaServerOptions {
  config: Config;
  recordingsDir: string;
  runDir: string;
  /** Short enough for unix sockets. */
  socketDir: string;
  hookSocket: string;
  /** Local TCP ports of our own readers. */
  ownPorts: () => Promise<number[]>;
  /** Our own MediaMTX ended and comes again. */
  onRestart?: () => void;
  env: NodeJS.ProcessEnv;
  log: Logger;
}

export interface RtspTarget {
  host: string;
  port: number;
  path: string;
  username?: string;
  password?: string;
}

const sentinelName = 'camera-service';
const viewerSeconds = 3_600;

/**
 * The MediaMTX that is used, whichever mode: an own one (`managed`) on unix sockets with random credentials, or one
 * that runs already (`external`). The rest of the service asks here for addresses and never knows the mode.
 */
export class MediaServer {
  readonly #options: MediaServerOptions;
  readonly #users = new MediaMtxUsers();
  #controller: MediaMtxController | undefined;
  #managed: ManagedMediaMtx | undefined;
  #mode: MediaServerMode | undefined;
  #rtsp: { host: string; port: number } | undefined;
  #areHooksProven = false;
  #silenceTimer: NodeJS.Timeout | undefined;

  constructor(options: MediaServerOptions) {
    this.#options = options;
  }

  get mode(): MediaServerMode | undefined {
    return this.#mode;
  }

  get isStarted(): boolean {
    return this.#controller !== undefined;
  }

  /** Throws before `start`. */
  get controller(): MediaMtxController {
    if (!this.#controller) throw new Error('the media server was not started');
    return this.#controller;
  }

  get pid(): number | null {
    return this.#managed?.pid ?? null;
  }

  /** Why it can't be used at present, in words; undefined when all is well. */
  get problem(): string | undefined {
    if (this.#controller?.isUp) return undefined;
    // Of one that runs, the last run's end is no reason any more.
    const failure = this.#managed?.isReady ? undefined : this.#managed?.lastFailure;
    return failure ?? this.#controller?.failure ?? 'MediaMTX is starting';
  }

  /** What the server's own configuration keeps us from, each in words. */
  get limitations(): string[] {
    if (this.#mode !== 'external' || !this.#controller?.isUp) return [];
    const version = this.#controller.info?.version ?? '';
    return [
      ...(isSupportedVersion(version)
        ? []
        : [`MediaMTX ${version} is not a supported version (1.15.2 to 1.20.x)`]),
      ...(this.isLocal ? [] : ['recording: an external MediaMTX on another machine writes its files there']),
      ...(this.#areHooksProven
        ? []
        : [
            'on-demand start by RTSP players: MediaMTX can not run the hook of this service; use camera.mode always',
          ]),
    ];
  }

  get isLocal(): boolean {
    if (this.#mode === 'managed') return true;
    const { socketPath, host } = parseEndpoint(this.#options.config.mediamtx.api_url);
    return (
      socketPath !== undefined ||
      host === 'localhost' ||
      host === '::1' ||
      (host?.startsWith('127.') ?? false)
    );
  }

  /** The RTSP port that players use. */
  get rtspPort(): number {
    return this.#rtsp?.port ?? 8554;
  }

  /** Decides the mode and connects. Resolves when the server answers, or when it is clear that it does not yet. */
  async start(): Promise<void> {
    const { mode } = this.#options.config.mediamtx;
    this.#mode = mode === 'auto' ? ((await this.#findRunning()) ? 'external' : 'managed') : mode;
    if (this.#mode === 'external') await this.#startExternal();
    else await this.#startManaged();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#silenceTimer);
    await this.#controller?.stop();
    await this.#managed?.stop();
  }

  /** A hook of the sentinel path arrived: MediaMTX can run our hooks. */
  proveHooks(): void {
    this.#areHooksProven = true;
  }

  pathConfig(): PathConfig {
    const { config, recordingsDir, hookSocket } = this.#options;
    return cameraPath({
      recordingsDir,
      onDemandCommand: this.isLocal ? hookCommand(hookSocket, 'demand') : undefined,
      startTimeoutSeconds: Math.ceil(config.capture.start_timeout) + 5,
      partDurationSeconds: config.recording.part_duration,
      segmentDurationSeconds: config.recording.segment_duration,
    });
  }

  /** Makes a camera's path and, on our own server, its publisher's password. */
  async addCamera(name: string): Promise<void> {
    // At once: a recording may be ordered before the server has answered.
    this.controller.desire(name, this.pathConfig());
    if (this.#mode === 'managed') {
      this.#users.publisherOf(name);
      await this.controller.applyUsers();
    }
    await this.controller.applyPath(name);
  }

  publishUrl(name: string): string {
    const target = this.rtspTarget(name);
    const credentials =
      this.#mode === 'managed' ? this.#users.publisherOf(name) : this.#externalCredentials();
    const user = credentials
      ? `${encodeURIComponent(credentials.username)}:${encodeURIComponent(credentials.password)}@`
      : '';
    return `rtsp://${user}${target.host}:${target.port}/${name}`;
  }

  /** Where and as whom the service itself reads a path. */
  rtspTarget(name: string): RtspTarget {
    if (!this.#rtsp) throw this.unavailable();
    const credentials = this.#mode === 'managed' ? this.#users.service : this.#externalCredentials();
    return { ...this.#rtsp, path: name, ...credentials };
  }

  whep(name: string): Endpoint & { basePath: string } {
    return { ...this.#mediaEndpoint('webrtc'), basePath: `/${name}` };
  }

  hls(name: string): Endpoint & { basePath: string } {
    return { ...this.#mediaEndpoint('hls'), basePath: `/${name}` };
  }

  /** Credentials for one player on one path, and when they end; undefined where the external server has its own. */
  async mintViewer(name: string, host: string): Promise<{ url: string; expiresAt: number | null }> {
    const address = (user: string): string => `rtsp://${user}${host}:${this.rtspPort}/${name}`;
    if (this.#mode !== 'managed') return { url: address(''), expiresAt: null };
    this.#users.dropExpired();
    const expiresAt = Date.now() + viewerSeconds * 1000;
    const { username, password } = this.#users.addViewer(name, expiresAt);
    await this.controller.applyUsers();
    return { url: address(`${username}:${password}@`), expiresAt };
  }

  unavailable(): AppError {
    const detail = this.problem ?? 'MediaMTX is not available';
    return new AppError('dependency_failed', {
      reason: 'mediamtx_unreachable',
      dependency: 'mediamtx',
      detail,
      details: `MediaMTX is not available: ${detail}`,
      suggestion: 'The service reconnects by itself; try again in a moment.',
    });
  }

  async #findRunning(): Promise<boolean> {
    const { log } = this.#options;
    const { api_url: url, api_timeout: timeout } = this.#options.config.mediamtx;
    const api = new MediaMtxApi({
      endpoint: parseEndpoint(url, this.#apiCredentials()),
      timeoutMs: Math.min(1_000, timeout * 1000),
    });
    try {
      const { version } = await api.info();
      if (isSupportedVersion(version)) return true;
      log.warn(
        { version },
        'a MediaMTX of a version that is not supported runs; an own one is started beside it',
      );
    } catch (error) {
      if (isStatus(error, 401))
        log.warn('a MediaMTX runs but refuses the credentials for its API; an own one is started beside it');
      else log.debug({ err: error }, 'no MediaMTX answers at api_url');
    } finally {
      api.close();
    }
    return false;
  }

  async #startExternal(): Promise<void> {
    const { config, hookSocket, ownPorts, log } = this.#options;
    const { hostname, port } = new URL(config.mediamtx.rtsp_url.replace(/^rtsps?:/, 'http:'));
    this.#rtsp = { host: hostname, port: Number(port || 554) };
    const credentials = this.#apiCredentials();
    this.#controller = new MediaMtxController({
      apiUrl: config.mediamtx.api_url,
      ...(credentials && { credentials }),
      timeoutMs: config.mediamtx.api_timeout * 1000,
      sentinel: {
        name: sentinelName,
        // Its hook runs when the path is made, which shows whether hooks reach us. Unique, or a server that has it from
        // our last run would not make it again.
        config: {
          source: 'publisher',
          ...(this.isLocal && { runOnInit: `${hookCommand(hookSocket, 'probe')} ${randomUUID()}` }),
        },
      },
      ownPorts,
      log,
    });
    await this.#controller.start();
  }

  async #startManaged(): Promise<void> {
    const { config, runDir, socketDir, ownPorts, log } = this.#options;
    const { mediamtx } = config;
    const host = mediamtx.host ?? config.server.host;
    const rtspPort = await chooseTcpPort({
      host,
      wanted: mediamtx.rtsp_port,
      usual: 8554,
      option: 'mediamtx.rtsp_port',
    });
    const webrtcPort = await chooseUdpPort({
      host,
      wanted: mediamtx.webrtc_port,
      usual: 8189,
      option: 'mediamtx.webrtc_port',
    });
    const isEverywhere = host === '0.0.0.0' || host === '::';
    this.#rtsp = { host: isEverywhere ? '127.0.0.1' : host, port: rtspPort };
    const managed = new ManagedMediaMtx({
      binary: () => this.#findBinary(),
      runDir,
      socketDir,
      host,
      rtspPort,
      webrtcPort,
      credentials: this.#users.service,
      users: () => this.#users.list(),
      paths: () => this.#controller!.desiredPaths,
      onReady: () => void this.#controller?.look(),
      onExit: () => {
        this.#options.onRestart?.();
        void this.#controller?.look();
      },
      log,
    });
    this.#managed = managed;
    this.#controller = new MediaMtxController({
      apiUrl: `unix://${managed.sockets.api}`,
      credentials: this.#users.service,
      timeoutMs: mediamtx.api_timeout * 1000,
      ownPorts,
      onFailedLook: (error) => this.#restartIfSilent(error),
      log,
    });
    this.#controller.manageUsers(() => this.#users.list());
    // One that can't start says so within a second; the service goes on without it, and it is tried again.
    const ready = managed.start();
    ready.catch((error: unknown) =>
      log.debug({ reason: messageOf(error) }, 'MediaMTX was stopped before it was ready'),
    );
    const waited = new AbortController();
    await Promise.race([ready, firstFailure(managed, waited.signal), delay(10_000, waited.signal)]);
    waited.abort();
    await this.#controller.start();
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
    const managed = this.#managed;
    if (isRefusal(error) || !managed?.isReady || this.#silenceTimer) return;
    const { pid } = managed;
    // A process that has just died is still thought to live; its end is told within this time.
    this.#silenceTimer = setTimeout(() => {
      this.#silenceTimer = undefined;
      if (managed.pid !== pid || !managed.isReady || this.#controller?.isUp) return;
      this.#options.log.error({ pid }, 'MediaMTX runs but does not answer; it is restarted');
      void managed.restart();
    }, 500);
    this.#silenceTimer.unref();
  }

  #mediaEndpoint(kind: 'webrtc' | 'hls'): Endpoint {
    if (!this.#controller?.isUp) throw this.unavailable();
    const { mediamtx } = this.#options.config;
    if (this.#managed) return parseEndpoint(`unix://${this.#managed.sockets[kind]}`, this.#users.service);
    return parseEndpoint(
      kind === 'webrtc' ? mediamtx.webrtc_url : mediamtx.hls_url,
      this.#externalCredentials(),
    );
  }

  #apiCredentials(): Credentials | undefined {
    const { api_username: username, api_password: password } = this.#options.config.mediamtx;
    return username === undefined ? undefined : { username, password: password ?? '' };
  }

  #externalCredentials(): Credentials | undefined {
    const { rtsp_username: username, rtsp_password: password } = this.#options.config.mediamtx;
    return username === undefined ? undefined : { username, password: password ?? '' };
  }
}

async function firstFailure(managed: ManagedMediaMtx, signal: AbortSignal): Promise<void> {
  while (managed.lastFailure === undefined && !signal.aborted) await delay(20, signal);
}

/** Sockets live in `data_dir/run` unless the kernel's limit for their paths is passed. */
export function socketDirFor(runDir: string, fallback: string): string {
  return Buffer.byteLength(join(runDir, 'webrtc.sock')) <= 100 ? runDir : fallback;
}

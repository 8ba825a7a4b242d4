import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { MediaMtxApi, type PathConfig } from './api.ts';
import type { MediaBackend, MediaServerMode } from './backend.ts';
import { cameraPath } from './camera-path.ts';
import type { MediaMtxController } from './controller.ts';
import { credentialsOf, parseEndpoint, type Credentials, type Endpoint } from './endpoint.ts';
import { isStatus } from './errors.ts';
import { ExternalBackend } from './external-backend.ts';
import { hookCommand } from './hooks.ts';
import { ManagedBackend, type ManagedBackendOptions } from './managed-backend.ts';
import type { MediaMtxUsers } from './users.ts';
import { isSupportedVersion } from './version.ts';

export interface MediaServerOptions extends ManagedBackendOptions {
  recordingsDir: string;
}

/** What one camera's settings change of its path. */
export interface CameraPathSettings {
  segmentDurationSeconds?: number | undefined;
}

export interface RtspTarget {
  host: string;
  port: number;
  path: string;
  username?: string;
  password?: string;
}

/**
 * The MediaMTX that is used, whichever mode. The rest of the service asks here for paths and addresses and never knows
 * whether it is our own.
 */
export class MediaServer {
  readonly #options: MediaServerOptions;
  #backend: MediaBackend | undefined;

  constructor(options: MediaServerOptions) {
    this.#options = options;
  }

  get mode(): MediaServerMode | undefined {
    return this.#backend?.mode;
  }

  get isStarted(): boolean {
    return this.#backend !== undefined;
  }

  /** Throws before `start`. */
  get controller(): MediaMtxController {
    return this.#started.controller;
  }

  get pid(): number | null {
    return this.#backend?.pid ?? null;
  }

  /** Why it can't be used at present, in words; undefined when all is well. */
  get problem(): string | undefined {
    const backend = this.#backend;
    if (backend?.controller.isUp) return undefined;
    return backend?.failure ?? backend?.controller.failure ?? 'MediaMTX is starting';
  }

  /** What an external server's own configuration keeps us from, each in words. */
  get limitations(): string[] {
    return this.#backend?.limitations ?? [];
  }

  /** What an external server decides by itself, each in words; no fault. */
  get ownRules(): string[] {
    return this.#backend?.ownRules ?? [];
  }

  /** The RTSP port that players use. */
  get rtspPort(): number {
    return this.#backend?.rtsp.port ?? 8554;
  }

  /** Decides the mode and connects. Resolves when the server answers, or when it is clear that it does not yet. */
  async start(): Promise<void> {
    const { mode } = this.#options.config.mediamtx;
    const isExternal = mode === 'external' || (mode === 'auto' && (await this.#findsRunning()));
    this.#backend = isExternal
      ? new ExternalBackend(this.#options)
      : await ManagedBackend.create(this.#options);
    await this.#backend.start();
  }

  async stop(): Promise<void> {
    await this.#backend?.stop();
  }

  /** A hook of the sentinel path arrived: an external MediaMTX can run our hooks. */
  proveHooks(): void {
    if (this.#backend instanceof ExternalBackend) this.#backend.proveHooks();
  }

  /** Makes a camera's path, or makes it anew with other settings, and lets its capture publish there. */
  async addCamera(name: string, settings: CameraPathSettings = {}): Promise<void> {
    // At once: a recording may be ordered before the server has answered.
    this.controller.desire(name, this.#pathConfig(settings));
    await this.#started.admitPublisher(name);
    await this.controller.applyPath(name);
  }

  publishUrl(name: string): string {
    const { rtsp } = this.#started;
    const credentials = this.#started.publisherOf(name);
    const user = credentials
      ? `${encodeURIComponent(credentials.username)}:${encodeURIComponent(credentials.password)}@`
      : '';
    return `rtsp://${user}${rtsp.host}:${rtsp.port}/${name}`;
  }

  /** Where and as whom the service itself reads a path. */
  rtspTarget(name: string): RtspTarget {
    const { rtsp, reader } = this.#started;
    return { ...rtsp, path: name, ...reader };
  }

  whep(name: string): Endpoint & { basePath: string } {
    return this.#mediaEndpoint('webrtc', name);
  }

  hls(name: string): Endpoint & { basePath: string } {
    return this.#mediaEndpoint('hls', name);
  }

  /** Who may log in to it; undefined where that is not ours to say, and before `start`. */
  get users(): MediaMtxUsers | undefined {
    return this.#backend?.users;
  }

  /** An RTSP address of a path for players, with a login where there is one. */
  playerUrl(name: string, host: string, login?: Credentials): string {
    const user = login ? `${login.username}:${login.password}@` : '';
    return `rtsp://${user}${host}:${this.rtspPort}/${name}`;
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

  get #started(): MediaBackend {
    if (!this.#backend) throw new Error('the media server was not started');
    return this.#backend;
  }

  #pathConfig({ segmentDurationSeconds }: CameraPathSettings): PathConfig {
    const { config, recordingsDir, hookSocket } = this.#options;
    return cameraPath({
      recordingsDir,
      onDemandCommand: this.#started.isLocal ? hookCommand(hookSocket, 'demand') : undefined,
      startTimeoutSeconds: Math.ceil(config.capture.start_timeout) + 5,
      partDurationSeconds: config.recording.part_duration,
      segmentDurationSeconds: segmentDurationSeconds ?? config.recording.segment_duration,
    });
  }

  #mediaEndpoint(kind: 'webrtc' | 'hls', name: string): Endpoint & { basePath: string } {
    if (!this.#backend?.controller.isUp) throw this.unavailable();
    return { ...this.#backend.endpoint(kind), basePath: `/${name}` };
  }

  /** Whether a MediaMTX that can be used answers already. */
  async #findsRunning(): Promise<boolean> {
    const { log } = this.#options;
    const { api_url: url, api_username, api_password, api_timeout: timeout } = this.#options.config.mediamtx;
    const api = new MediaMtxApi({
      endpoint: parseEndpoint(url, credentialsOf(api_username, api_password)),
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
}

/** Sockets live in `data_dir/run` unless the kernel's limit for their paths is passed. */
export function socketDirFor(runDir: string, fallback: string): string {
  return Buffer.byteLength(join(runDir, 'webrtc.sock')) <= 100 ? runDir : fallback;
}

import { randomUUID } from 'node:crypto';
import type { BackendOptions, MediaBackend } from './backend.ts';
import { MediaMtxController } from './controller.ts';
import { credentialsOf, parseEndpoint, type Credentials, type Endpoint } from './endpoint.ts';
import { hookCommand } from './hooks.ts';
import { isSupportedVersion } from './version.ts';

const sentinelName = 'camera-service';
const ownUsers =
  'RTSP players: an external MediaMTX decides who may watch; API keys are no logins there, and rights that end here end no player';

/** A MediaMTX that runs already: its users, ports and files are its own, and what that keeps us from is told. */
export class ExternalBackend implements MediaBackend {
  readonly mode = 'external';
  readonly pid = null;
  readonly failure = undefined;
  readonly users = undefined;
  readonly ownRules = [ownUsers];
  readonly controller: MediaMtxController;
  readonly rtsp: { host: string; port: number };
  readonly #options: BackendOptions;
  #areHooksProven = false;

  constructor(options: BackendOptions) {
    this.#options = options;
    const { config, hookSocket, ownPorts, log } = options;
    const { mediamtx } = config;
    const { hostname, port } = new URL(mediamtx.rtsp_url.replace(/^rtsps?:/, 'http:'));
    this.rtsp = { host: hostname, port: Number(port || 554) };
    const credentials = credentialsOf(mediamtx.api_username, mediamtx.api_password);
    this.controller = new MediaMtxController({
      apiUrl: mediamtx.api_url,
      ...(credentials && { credentials }),
      timeoutMs: mediamtx.api_timeout * 1000,
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
  }

  get isLocal(): boolean {
    const { socketPath, host = '' } = parseEndpoint(this.#options.config.mediamtx.api_url);
    return socketPath !== undefined || host === 'localhost' || host === '::1' || host.startsWith('127.');
  }

  get limitations(): string[] {
    if (!this.controller.isUp) return [];
    const version = this.controller.info?.version ?? '';
    const limitations: [isMet: boolean, words: string][] = [
      [!isSupportedVersion(version), `MediaMTX ${version} is not a supported version (1.15.2 to 1.20.x)`],
      [!this.isLocal, 'recording: an external MediaMTX on another machine writes its files there'],
      [
        !this.#areHooksProven,
        'on-demand start by RTSP players: MediaMTX can not run the hook of this service; use camera.mode always',
      ],
    ];
    return limitations.filter(([isMet]) => isMet).map(([, words]) => words);
  }

  get reader(): Credentials | undefined {
    const { rtsp_username: username, rtsp_password: password } = this.#options.config.mediamtx;
    return credentialsOf(username, password);
  }

  publisherOf(): Credentials | undefined {
    return this.reader;
  }

  async admitPublisher(): Promise<void> {
    // Its configuration says who may publish.
  }

  endpoint(kind: 'webrtc' | 'hls'): Endpoint {
    const { webrtc_url, hls_url } = this.#options.config.mediamtx;
    return parseEndpoint(kind === 'webrtc' ? webrtc_url : hls_url, this.reader);
  }

  /** A hook of the sentinel path arrived. */
  proveHooks(): void {
    this.#areHooksProven = true;
  }

  start(): Promise<void> {
    return this.controller.start();
  }

  stop(): Promise<void> {
    return this.controller.stop();
  }
}

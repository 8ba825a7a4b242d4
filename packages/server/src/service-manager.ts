import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { LoginCodes } from './auth/login-codes.ts';
import { loadSecret } from './auth/secret.ts';
import { Tokens } from './auth/tokens.ts';
import { buildCredentials } from './lifecycle/build-credentials.ts';
import { buildCameras, type CameraParts } from './lifecycle/build-cameras.ts';
import { buildRpc } from './lifecycle/build-rpc.ts';
import { DataDir } from './lifecycle/data-dir.ts';
import { Ffmpeg } from './lifecycle/ffmpeg.ts';
import { HealthMonitor } from './lifecycle/health-monitor.ts';
import { ShutdownStack } from './lifecycle/shutdown-stack.ts';
import type { EffectiveConfig } from './config/load.ts';
import { EventLog } from './events/event-log.ts';
import { Notifier } from './events/notifier.ts';
import { HealthServer } from './health/server.ts';
import { HttpServer } from './http/server.ts';
import { UrlSigner } from './http/signing.ts';
import { HookServer } from './mediamtx/hooks.ts';
import { MediaServer, socketDirFor } from './mediamtx/media-server.ts';
import { endLeftovers, markChildren } from './process/leftovers.ts';
import { Addresses } from './rpc/addresses.ts';
import { openDatabase } from './store/database.ts';
import { TapPool } from './taps/tap-pool.ts';
import { serviceVersion } from './version.ts';

export interface ServiceManagerDeps {
  config: EffectiveConfig;
  env: NodeJS.ProcessEnv;
  log: Logger;
}

/** Where the service answers; what the ready file holds. */
export interface ServiceAddresses {
  pid: number;
  http_url: string;
  ws_url: string;
  health_url: string;
  rtsp_url: string;
  data_dir: string;
  mediamtx: { mode: string | null; version: string | null; pid: number | null };
}

/**
 * The composition root: builds every part, starts them in order, and stops them in reverse. A part that fails alone
 * (MediaMTX, ffmpeg, a camera) degrades the service and says so; without data directory or own port there is no service.
 */
export class ServiceManager {
  readonly #deps: ServiceManagerDeps;
  readonly #stack: ShutdownStack;
  readonly #health = new HealthMonitor({ version: serviceVersion });
  #healthServer: HealthServer | undefined;
  #http: HttpServer | undefined;
  #media: MediaServer | undefined;
  #loginCodes: LoginCodes | undefined;
  #isRunning = false;
  /** A player asks MediaMTX for a camera that isn't live. */
  #onDemandHook: (path: string) => void = () => undefined;

  constructor(deps: ServiceManagerDeps) {
    this.#deps = deps;
    this.#stack = new ShutdownStack({ log: deps.log });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Resolves when everything answers; rejects, with all that was started stopped again, when it can't. */
  async start(): Promise<void> {
    try {
      await this.#startAll();
      this.#isRunning = true;
    } catch (error) {
      await this.#stack.stop();
      throw error;
    }
  }

  /** Ends sessions, recordings (they are taken up at the next start), captures, MediaMTX and the store, in this order. */
  async stop(): Promise<void> {
    this.#health.setPhase('stopping');
    await this.#stack.stop();
  }

  addresses(): ServiceAddresses {
    const { config } = this.#deps;
    const host = reachable(config.server.host);
    const port = this.#http?.port ?? 0;
    return {
      pid: process.pid,
      http_url: `http://${host}:${port}/`,
      ws_url: `ws://${host}:${port}/ws`,
      health_url: `http://${reachable(config.health.host)}:${this.#healthServer?.port ?? 0}/health`,
      rtsp_url: `rtsp://${host}:${this.#media?.rtspPort ?? 0}/`,
      data_dir: config.storage.data_dir,
      mediamtx: {
        mode: this.#media?.mode ?? null,
        version: this.#media?.isStarted ? (this.#media.controller.info?.version ?? null) : null,
        pid: this.#media?.pid ?? null,
      },
    };
  }

  /** The page's address with a code that logs in once, within 10 minutes. */
  loginUrl(): string {
    if (!this.#loginCodes) throw new Error('the service was not started');
    const expiresAt = Date.now() + this.#deps.config.security.token_expiry * 1000;
    const code = this.#loginCodes.create({
      user: 'local',
      role: 'admin',
      method: 'session',
      expiresAt,
      basis: { kind: 'login', loginId: randomUUID() },
    });
    return `${this.addresses().http_url}login?code=${code}`;
  }

  async #startAll(): Promise<void> {
    const { config, env, log } = this.#deps;
    const stack = this.#stack;
    const dataDir = DataDir.acquire(config.storage.data_dir);
    stack.push('data directory', () => dataDir.release());
    const { paths } = dataDir;
    markChildren(paths.root);
    const left = await endLeftovers(paths.root);
    if (left.length > 0) log.warn({ left }, 'programs that the last run left were ended');

    this.#healthServer = new HealthServer({ config: config.health, source: this.#health, log });
    await this.#healthServer.start();
    stack.push('health', () => this.#healthServer!.stop());

    const db = openDatabase(paths.database);
    stack.push('store', () => db.close());
    const events = new EventLog({ db, log });
    events.prune();
    const notifier = new Notifier({ log });
    Object.assign(this.#health.parts, { events, notifier });

    const ffmpeg = new Ffmpeg({ config, env, log });
    const ffmpegFound = ffmpeg.look();
    const taps = new TapPool({ log });
    const media = await this.#startMedia(paths, taps);
    this.#media = media;
    await ffmpegFound;
    stack.push('taps', () => taps.stop());
    Object.assign(this.#health.parts, { media, ffmpeg });

    const addresses = new Addresses({
      rtspPort: () => media.rtspPort,
      httpPort: () => this.#http?.port ?? config.server.port,
    });
    const parts = buildCameras({
      config,
      paths,
      db,
      events,
      notifier,
      media,
      taps,
      ffmpeg,
      addresses,
      health: this.#health,
      log,
    });
    Object.assign(this.#health.parts, {
      cameras: parts.cameras,
      monitor: parts.monitor,
      recordingCount: () => parts.recordings.activeCount,
    });
    this.#onDemandHook = (path) => parts.cameras.find(path)?.demand.expectReader('player', 20_000);
    await this.#startCameras(parts);
    await this.#startDoors(parts, { db, events, notifier, addresses });
    this.#health.setPhase('running');
    events.append('system.startup', { version: serviceVersion });
  }

  async #startMedia(paths: DataDir['paths'], taps: TapPool): Promise<MediaServer> {
    const { config, env, log } = this.#deps;
    const fallback = mkdtempSync(join(tmpdir(), 'camera-service-'));
    const socketDir = socketDirFor(paths.run, fallback);
    if (socketDir !== fallback) rmSync(fallback, { recursive: true });
    else this.#stack.push('sockets', () => rmSync(fallback, { recursive: true, force: true }));
    const hookSocket = join(socketDir, 'hooks.sock');
    const media: MediaServer = new MediaServer({
      config,
      recordingsDir: paths.recordings,
      runDir: paths.run,
      socketDir,
      hookSocket,
      ownPorts: () => taps.localPorts(),
      onRestart: () => this.#health.noteMediaMtxRestart(),
      env,
      log: log.child({ part: 'mediamtx' }),
    });
    const hooks = new HookServer({
      socketPath: hookSocket,
      onHook: (hook, path) => (hook === 'probe' ? media.proveHooks() : this.#onDemandHook(path)),
      log,
    });
    await hooks.start();
    this.#stack.push('hooks', () => hooks.stop());
    this.#stack.push('mediamtx', () => media.stop());
    await media.start();
    media.controller.onState(() => this.#health.noteChange());
    return media;
  }

  async #startCameras({
    cameras,
    monitor,
    recordings,
    stills,
    streams,
    pictureWatch,
    check,
    media,
  }: CameraParts): Promise<void> {
    await check();
    streams.load();
    cameras.load();
    this.#stack.push('stills', () => stills.stop());
    this.#stack.push('picture watch', () => pictureWatch.close());
    this.#stack.push('captures', () => Promise.all(cameras.list().map((camera) => camera.stop())));
    await monitor.start();
    this.#stack.push('camera monitor', () => monitor.stop());
    await media.controller.look();
    recordings.start();
    this.#stack.push('recordings', () => recordings.stop());
  }

  /** The last to open: what they let in finds everything there. */
  async #startDoors(
    parts: CameraParts,
    deps: { db: CameraParts['db']; events: EventLog; notifier: Notifier; addresses: Addresses },
  ): Promise<void> {
    const { config, log } = this.#deps;
    const secret = loadSecret(config.storage.data_dir, config.security.jwt_secret);
    const tokens = new Tokens({ secret, expirySeconds: config.security.token_expiry });
    const credentials = buildCredentials(deps.db, tokens);
    const signer = new UrlSigner({ secret });
    this.#loginCodes = new LoginCodes();
    const rpc = buildRpc({ ...deps, ...parts, config, credentials, signer, health: this.#health, log });
    this.#http = new HttpServer({
      config: config.server,
      rpc,
      credentials,
      loginCodes: this.#loginCodes,
      signer,
      media: parts.cameraMedia,
      cameras: parts.viewer,
      catalog: parts.catalog,
      events: deps.events,
      health: this.#health,
      log,
      version: serviceVersion,
      pageDir: fileURLToPath(new URL('../../web/dist', import.meta.url)),
      startTimeoutMs: config.capture.start_timeout * 1000,
    });
    await this.#http.start();
    this.#stack.push('http', () => this.#http!.stop());
    this.#stack.push('sessions', () => rpc.stop());
  }
}

function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

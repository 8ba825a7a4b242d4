import type { Logger } from 'pino';
import { loginUrl, type LoginCodes } from './auth/login-codes.ts';
import { buildCameras, type CameraParts } from './lifecycle/build-cameras.ts';
import { buildDoors, toMetricsText, type Doors } from './lifecycle/build-doors.ts';
import { startMedia } from './lifecycle/build-media.ts';
import { exposureWarnings } from './lifecycle/exposure.ts';
import { DataDir } from './lifecycle/data-dir.ts';
import { Ffmpeg } from './lifecycle/ffmpeg.ts';
import { followConfig } from './lifecycle/follow-config.ts';
import { HealthMonitor } from './lifecycle/health-monitor.ts';
import { ShutdownStack } from './lifecycle/shutdown-stack.ts';
import type { ConfigKeeper } from './config/config-keeper.ts';
import { ConfigWatch } from './config/config-watch.ts';
import type { EffectiveConfig } from './config/load.ts';
import { publicOriginOf } from './config/public-url.ts';
import { hostFromHere } from './config/listen-host.ts';
import { EventLog } from './events/event-log.ts';
import { Notifier } from './events/notifier.ts';
import { HealthServer } from './health/server.ts';
import type { HttpServer } from './http/server.ts';
import { Certificate, wantsTls } from './http/tls.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { MediaServer } from './mediamtx/media-server.ts';
import { endLeftovers, markChildren } from './process/leftovers.ts';
import { Addresses } from './rpc/addresses.ts';
import { closeDatabase, openDatabase } from './store/database.ts';
import { isDiskFull } from './store/storage-error.ts';
import { TapPool } from './taps/tap-pool.ts';
import { serviceVersion } from './version.ts';

export interface ServiceManagerDeps {
  /** What `keeper` has in effect: values are read at use, as many can be changed at run time. */
  config: EffectiveConfig;
  keeper: ConfigKeeper;
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
  /** SHA-256 of the certificate; null without TLS. */
  tls: { fingerprint: string; self_signed: boolean } | null;
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
  #certificate: Certificate | undefined;
  #media: MediaServer | undefined;
  #loginCodes: LoginCodes | undefined;
  #metrics: Metrics | undefined;
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
    const host = hostFromHere(config.server.host);
    const port = this.#http?.port ?? 0;
    const tls = this.#certificate;
    const secure = tls ? 's' : '';
    return {
      pid: process.pid,
      http_url: `http${secure}://${host}:${port}/`,
      ws_url: `ws${secure}://${host}:${port}/ws`,
      health_url: `http://${hostFromHere(config.health.host)}:${this.#healthServer?.port ?? 0}/health`,
      rtsp_url: `rtsp://${host}:${this.#media?.rtspPort ?? 0}/`,
      data_dir: config.storage.data_dir,
      tls: tls ? { fingerprint: tls.fingerprint, self_signed: tls.isSelfSigned } : null,
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
    const lifetimeMs = this.#deps.config.security.token_expiry * 1000;
    try {
      return loginUrl(this.#pageUrl, this.#loginCodes.createLocal({ role: 'admin', lifetimeMs }));
    } catch (error) {
      // A full disk is no reason not to run; a token logs in as well.
      if (!isDiskFull(error)) throw error;
      return this.#pageUrl;
    }
  }

  /** Where a person finds the page, with a slash. */
  get #pageUrl(): string {
    const origin = publicOriginOf(this.#deps.config.server);
    return origin === undefined ? this.addresses().http_url : `${origin}/`;
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
    await this.#loadCertificate();

    this.#healthServer = new HealthServer({
      config: config.health,
      source: this.#health,
      metricsText: config.health.metrics ? () => this.#openMetrics() : undefined,
      log,
    });
    await this.#healthServer.start();
    stack.push('health', () => this.#healthServer!.stop());

    const db = openDatabase(paths.database);
    stack.push('store', () => closeDatabase(db));
    const events = new EventLog({ db, log });
    events.prune();
    const notifier = new Notifier({ log });
    Object.assign(this.#health.parts, { events, notifier });

    const ffmpeg = new Ffmpeg({ config, env, log });
    const ffmpegFound = ffmpeg.look();
    const taps = new TapPool({ log });
    const onDemand = (path: string): void => this.#onDemandHook(path);
    const media = await startMedia({ ...this.#deps, paths, taps, health: this.#health, stack, onDemand });
    this.#media = media;
    await ffmpegFound;
    stack.push('taps', () => taps.stop());
    Object.assign(this.#health.parts, { media, ffmpeg });

    const addresses = new Addresses({
      rtspPort: () => media.rtspPort,
      httpPort: () => this.#http?.port ?? config.server.port,
      isSecure: this.#certificate !== undefined,
      publicOrigin: () => publicOriginOf(config.server),
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
    const certificate = this.#certificate;
    const known = { db, paths, events, notifier, addresses, certificate, health: this.#health };
    await this.#openDoors(buildDoors({ ...this.#deps, ...known, parts, stack }));
    dataDir.tellAddress(this.#pageUrl);
    this.#followConfig(parts, events, dataDir);
    this.#tellExposure();
    this.#health.setPhase('running');
    events.append('system.startup', { version: serviceVersion });
  }

  #followConfig(parts: CameraParts, events: EventLog, dataDir: DataDir): void {
    const { keeper, log } = this.#deps;
    const health = this.#health;
    health.parts.keeper = keeper;
    const unfollow = followConfig({ ...parts, keeper, events, log });
    this.#stack.push('configuration', unfollow);
    const untell = keeper.onChange((applied) => {
      if (applied.includes('server.public_url')) dataDir.tellAddress(this.#pageUrl);
    });
    this.#stack.push('public address', untell);
    const watch = new ConfigWatch({ keeper, onProblem: () => health.noteChange(), log });
    watch.start();
    this.#stack.push('configuration file', () => watch.stop());
  }

  /** Early: one that can't be used keeps the service from starting. */
  async #loadCertificate(): Promise<void> {
    const { config, log } = this.#deps;
    if (!wantsTls(config.server)) return;
    const certificate = await Certificate.load({
      config: config.server,
      dataDir: config.storage.data_dir,
      log,
    });
    this.#certificate = certificate;
    this.#stack.push('certificate', () => certificate.stop());
  }

  #tellExposure(): void {
    const { config, log } = this.#deps;
    const hasOwnMediaMtx = this.#media?.mode === 'managed';
    for (const warning of exposureWarnings({ config, hasOwnMediaMtx })) log.warn(warning, 'open to others');
  }

  async #startCameras({
    cameras,
    monitor,
    recordings,
    cleaner,
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
    cleaner.start();
    this.#stack.push('retention', () => cleaner.stop());
  }

  /** The last to open: what they let in finds everything there. */
  async #openDoors(doors: Doors): Promise<void> {
    this.#loginCodes = doors.loginCodes;
    this.#metrics = doors.metrics;
    // Before it listens: addresses are told with its port.
    this.#http = doors.http;
    await doors.http.start();
    this.#stack.push('http', () => doors.http.stop());
    this.#stack.push('sessions', () => doors.rpc.stop());
  }

  #openMetrics(): Promise<string> | undefined {
    return this.#metrics?.gather().then((figures) => toMetricsText(figures, { namesCameras: false }));
  }
}

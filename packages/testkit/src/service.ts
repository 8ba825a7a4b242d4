import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { CameraServiceClient, type Role, type WebSocketFactory } from '@mediamtx-camera-service/client';
import { WebSocket } from 'ws';
import { cliMain, runCli } from './cli.ts';
import { MediaMtx } from './media-mtx.ts';
import { Program } from './program.ts';
import { RawClient, type RawClientOptions } from './raw-client.ts';
import { TempDir } from './temp-dir.ts';
import { until } from './until.ts';

export interface ServiceOptions {
  /** Environment `CAMERA_SERVICE_…` on top of the test's own. */
  env?: Record<string, string>;
  args?: string[];
  /** Shares the data directory of an earlier run; else a fresh one. */
  dataDir?: string;
  /** Test cameras; default 1. */
  testCameras?: number | 'auto';
  /** `managed` whatever the run's mode; for tests that are about the own server. */
  mediamtx?: 'managed';
  /** Default 30 s. */
  readyTimeoutMs?: number;
}

/** What the ready file holds. */
export interface Ready {
  pid: number;
  http_url: string;
  ws_url: string;
  health_url: string;
  rtsp_url: string;
  data_dir: string;
  mediamtx: { mode: string | null; version: string | null; pid: number | null };
}

/**
 * The real service as its own process on free ports. In a run with CAMERA_SERVICE_TEST_MEDIAMTX=external it uses a
 * MediaMTX that was started beside it on the default ports, as a system service would be.
 */
export class Service implements AsyncDisposable {
  readonly #options: ServiceOptions;
  readonly #dir: TempDir;
  readonly #external: MediaMtx | undefined;
  readonly #clients: CameraServiceClient[] = [];
  #program: Program;
  #ready: Ready | undefined;

  private constructor(
    options: ServiceOptions,
    dir: TempDir,
    external: MediaMtx | undefined,
    program: Program,
  ) {
    this.#options = options;
    this.#dir = dir;
    this.#external = external;
    this.#program = program;
  }

  static async start(options: ServiceOptions = {}): Promise<Service> {
    const service = await Service.launch(options);
    try {
      await service.untilReady();
    } catch (error) {
      await service[Symbol.asyncDispose]();
      throw error;
    }
    return service;
  }

  /** Starts it without waiting; for tests of a start that fails. */
  static async launch(options: ServiceOptions = {}): Promise<Service> {
    const dir = await TempDir.create();
    const isExternal =
      process.env['CAMERA_SERVICE_TEST_MEDIAMTX'] === 'external' && options.mediamtx !== 'managed';
    const external = isExternal ? await MediaMtx.start({ usesDefaultPorts: true }) : undefined;
    return new Service(options, dir, external, launch(options, dir, external));
  }

  get ready(): Ready {
    if (!this.#ready) throw new Error('the service is not ready');
    return this.#ready;
  }

  get program(): Program {
    return this.#program;
  }

  /** The MediaMTX beside it, in a run in external mode. */
  get external(): MediaMtx | undefined {
    return this.#external;
  }

  get pid(): number {
    return this.#program.pid;
  }

  get dataDir(): string {
    return this.#options.dataDir ?? this.#dir.join('data');
  }

  get httpUrl(): string {
    return this.ready.http_url.replace(/\/$/, '');
  }

  /** The one-time login link that it printed. */
  get loginUrl(): string {
    const link = /Page\s+(\S+)/.exec(this.#program.stdout)?.[1];
    if (!link) throw new Error(`no login link in: ${this.#program.stdout}`);
    return link;
  }

  get log(): string {
    return this.#program.stderr;
  }

  /** Of the MediaMTX that it uses, whichever mode. */
  get mediaMtxPid(): number {
    return this.#external?.pid ?? this.ready.mediamtx.pid!;
  }

  async untilReady(): Promise<Ready> {
    const file = this.#dir.join('ready.json');
    await until(
      () => {
        if (this.#program.hasExited)
          throw new Error(`the service ended: ${this.#program.stderr.slice(-2_000)}`);
        return existsSync(file);
      },
      { what: 'the ready file', timeoutMs: this.#options.readyTimeoutMs ?? 30_000 },
    );
    this.#ready = JSON.parse(readFileSync(file, 'utf8')) as Ready;
    return this.#ready;
  }

  /** A token as `camera-service token create` prints it. */
  async token(role: Role = 'admin', args: string[] = []): Promise<string> {
    const words = ['token', 'create', '--role', role, '--data-dir', this.dataDir, ...args];
    const { code, stdout, stderr } = await runCli(words, environment(this.#options.env ?? {}));
    if (code !== 0) throw new Error(`no token: ${stderr}`);
    return stdout.trim();
  }

  /** A bare socket, logged in where a role is told. */
  async rawClient(role?: Role, options: RawClientOptions = {}): Promise<RawClient> {
    const client = await RawClient.open(this.ready.ws_url, options);
    if (role) await client.login(await this.token(role));
    return client;
  }

  /** A connected client with this role; it is closed with the service. */
  async client(role: Role = 'admin'): Promise<CameraServiceClient> {
    const client = new CameraServiceClient({
      url: this.ready.ws_url,
      // Its listeners' types are overloads, which no single signature is assignable to.
      webSocket: WebSocket as unknown as WebSocketFactory,
      token: await this.token(role),
      backoff: { firstMs: 50, maxMs: 500 },
    });
    this.#clients.push(client);
    await client.start();
    return client;
  }

  /** SIGTERM, and its exit code. */
  async stop(): Promise<number | null> {
    this.#program.kill('SIGTERM');
    return (await this.#program.exited).code;
  }

  async kill(): Promise<void> {
    this.#program.kill('SIGKILL');
    await this.#program.exited;
  }

  /** The next run with the same data directory, after a stop or a kill. */
  async startAgain(): Promise<void> {
    await rm(this.#dir.join('ready.json'), { force: true });
    this.#program = launch({ ...this.#options, dataDir: this.dataDir }, this.#dir, this.#external);
    await this.untilReady();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.stop()));
    await this.#program.stop();
    await this.#external?.[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}

function launch(options: ServiceOptions, dir: TempDir, external: MediaMtx | undefined): Program {
  const { testCameras = 1, args = [], dataDir = dir.join('data') } = options;
  return Program.start({
    command: process.execPath,
    args: [
      ...[cliMain, 'serve', '--data-dir', dataDir, '--ready-file', dir.join('ready.json')],
      ...['--port', '0', '--health-port', '0', '--test-cameras', String(testCameras), '--log-level', 'debug'],
      ...args,
    ],
    env: environment({
      CAMERA_SERVICE_MEDIAMTX_MODE: 'managed',
      // The default ports are for the MediaMTX of a run in external mode.
      CAMERA_SERVICE_MEDIAMTX_RTSP_PORT: '0',
      CAMERA_SERVICE_MEDIAMTX_WEBRTC_PORT: '0',
      CAMERA_SERVICE_STORAGE_MIN_FREE: '0',
      CAMERA_SERVICE_SECURITY_RATE_LIMIT_PER_MINUTE: '0',
      CAMERA_SERVICE_SECURITY_ADDRESS_RATE_LIMIT_PER_MINUTE: '0',
      ...external?.serviceFlags,
      ...options.env,
    }),
  });
}

/** Settings of whoever runs the tests must not reach the service. */
function environment(extra: Record<string, string>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^CAMERA_SERVICE_(?!MEDIAMTX_INSTALL)/.test(name),
  );
  return { ...Object.fromEntries(own), ...extra };
}

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { freePort } from './free-port.ts';
import { mediaMtxBinary } from './binaries.ts';
import { Program } from './program.ts';
import { TempDir } from './temp-dir.ts';
import { until } from './until.ts';

export interface MediaMtxOptions {
  /** Listens on MediaMTX's own default ports, as a system service does; else on free ones. */
  usesDefaultPorts?: boolean;
  /** Merged over the configuration. */
  config?: Record<string, unknown>;
  /** A directory that it finds empty, as one does that runs in a container. Needs root. */
  hides?: string;
}

interface Ports {
  api: number;
  rtsp: number;
  webrtc: number;
  webrtcUdp: number;
  hls: number;
}

const defaultPorts: Ports = { api: 9997, rtsp: 8554, webrtc: 8889, webrtcUdp: 8189, hls: 8888 };

/** A real MediaMTX that is not the service's own. */
export class MediaMtx implements AsyncDisposable {
  readonly #dir: TempDir;
  readonly #config: string;
  readonly #hides: string | undefined;
  readonly ports: Ports;
  #program: Program;

  private constructor(dir: TempDir, ports: Ports, launched: { config: string; hides: string | undefined }) {
    this.#dir = dir;
    this.#config = launched.config;
    this.#hides = launched.hides;
    this.ports = ports;
    this.#program = launch(launched.config, launched.hides);
  }

  static async start(options: MediaMtxOptions = {}): Promise<MediaMtx> {
    const dir = await TempDir.create();
    const ports = options.usesDefaultPorts ? defaultPorts : await freePorts();
    const config = dir.join('mediamtx.yml');
    await mkdir(dir.path, { recursive: true });
    await writeFile(config, JSON.stringify({ ...configuration(ports), ...options.config }));
    const server = new MediaMtx(dir, ports, { config, hides: options.hides });
    try {
      await server.#untilReady();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.#program.pid;
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.ports.api}`;
  }

  get rtspUrl(): string {
    return `rtsp://127.0.0.1:${this.ports.rtsp}`;
  }

  get output(): string {
    return this.#program.stdout;
  }

  /** The configuration of the service that makes it use this server. */
  get serviceFlags(): Record<string, string> {
    const { webrtc, hls } = this.ports;
    return {
      CAMERA_SERVICE_MEDIAMTX_MODE: 'external',
      CAMERA_SERVICE_MEDIAMTX_API_URL: this.apiUrl,
      CAMERA_SERVICE_MEDIAMTX_RTSP_URL: this.rtspUrl,
      CAMERA_SERVICE_MEDIAMTX_WEBRTC_URL: `http://127.0.0.1:${webrtc}`,
      CAMERA_SERVICE_MEDIAMTX_HLS_URL: `http://127.0.0.1:${hls}`,
    };
  }

  /** SIGKILL, and started again on the same ports; all that it was told by API is gone. */
  async restart(): Promise<void> {
    this.#program.kill('SIGKILL');
    await this.#program.exited;
    this.#program = launch(this.#config, this.#hides);
    await this.#untilReady();
  }

  /** Its file is touched: it reads it anew and forgets what it was told by API, without a restart. */
  async reload(): Promise<void> {
    // Replaced as a whole: it ends itself where it finds half a file.
    const copy = `${this.#config}.new`;
    await writeFile(copy, await readFile(this.#config));
    await rename(copy, this.#config);
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
    await this.#dir[Symbol.asyncDispose]();
  }

  async #untilReady(): Promise<void> {
    await until(
      async () => {
        if (this.#program.hasExited) throw new Error(`MediaMTX ended: ${this.#program.stdout}`);
        // It may ask for a login; that it answers is enough, since its API opens last.
        return (await fetch(`${this.apiUrl}/v3/info`)).status > 0;
      },
      { what: 'MediaMTX answers' },
    );
  }
}

function launch(config: string, hides: string | undefined): Program {
  const [command, ...args]: [string, ...string[]] =
    hides === undefined
      ? [mediaMtxBinary(), config]
      : [
          'unshare',
          '-m',
          'sh',
          '-c',
          'mount -t tmpfs none "$0" && exec "$@"',
          hides,
          mediaMtxBinary(),
          config,
        ];
  return Program.start({
    command,
    args,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC', MTX_MOQ: 'no' },
  });
}

async function freePorts(): Promise<Ports> {
  const [api, rtsp, webrtc, webrtcUdp, hls] = (await Promise.all(Array.from({ length: 5 }, freePort))) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { api, rtsp, webrtc, webrtcUdp, hls };
}

function address(port: number): string {
  return `127.0.0.1:${port}`;
}

function configuration(ports: Ports): Record<string, unknown> {
  return {
    api: true,
    apiAddress: address(ports.api),
    rtspTransports: ['tcp'],
    rtspAddress: address(ports.rtsp),
    rtmp: false,
    srt: false,
    hlsAddress: address(ports.hls),
    webrtcAddress: address(ports.webrtc),
    webrtcLocalUDPAddress: address(ports.webrtcUdp),
    webrtcAdditionalHosts: ['127.0.0.1'],
    paths: {},
  };
}

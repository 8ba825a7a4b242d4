import { type ChildProcess as NodeChild, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';
import { Capture, type CaptureDeps, EncoderChooser, type TestSource } from '../../src/capture/index.ts';
import { readFrameNumber } from '../../src/capture/read-number.ts';
import { delay } from '../../src/process/delay.ts';
import { run } from '../../src/process/run.ts';
import type { TapTarget } from '../../src/taps/index.ts';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mediamtx-camera-service');
export const ffmpegPath = join(cache, 'ffmpeg', 'ffmpeg');
const mediaMtxPath = join(cache, 'mediamtx', 'v1.20.1', 'mediamtx');

const silentLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
export const camera: TestSource = { kind: 'test', width: 640, height: 360, fps: 30, label: 'Live test' };

const rtspSessions = z.object({ items: z.array(z.object({ state: z.string(), remoteAddr: z.string() })) });

/** A real MediaMTX with one private user and the path `cam`; it can be killed and started again on its ports. */
export class LiveMediaMtx {
  #folder: string;
  #ports: { api: number; rtsp: number };
  #child: NodeChild | undefined;

  private constructor(folder: string, ports: { api: number; rtsp: number }) {
    this.#folder = folder;
    this.#ports = ports;
  }

  static async start(): Promise<LiveMediaMtx> {
    await access(mediaMtxPath);
    const folder = await mkdtemp(join(tmpdir(), 'live-mediamtx-'));
    const [api, rtsp] = await findFreePorts(2);
    if (api === undefined || rtsp === undefined) throw new Error('no free ports');
    const server = new LiveMediaMtx(folder, { api, rtsp });
    await writeFile(server.#config, JSON.stringify(configure(api, rtsp)), { mode: 0o600 });
    await server.run();
    return server;
  }

  get publishUrl(): string {
    return `rtsp://svc:secret-word@127.0.0.1:${this.#ports.rtsp}/cam`;
  }

  get target(): TapTarget {
    return {
      host: '127.0.0.1',
      port: this.#ports.rtsp,
      path: 'cam',
      username: 'svc',
      password: 'secret-word',
    };
  }

  async run(): Promise<void> {
    const child = spawn(mediaMtxPath, [this.#config], {
      env: { PATH: process.env['PATH'], HOME: this.#folder, TZ: 'UTC', MTX_MOQ: 'no' },
      stdio: 'ignore',
    });
    this.#child = child;
    await expect.poll(async () => this.#get('/v3/info').catch(() => undefined), patience).toBeDefined();
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Whether MediaMTX itself says that the camera's pictures can be had. */
  async isAvailable(): Promise<boolean> {
    const path = await this.#get('/v3/paths/get/cam').catch(() => undefined);
    return typeof path === 'object' && path !== null && 'available' in path && path.available === true;
  }

  /** Ports of the sessions that read, as MediaMTX sees them. */
  async readerPorts(): Promise<number[]> {
    const sessions = rtspSessions.parse(await this.#get('/v3/rtspsessions/list'));
    const readers = sessions.items.filter((item) => item.state === 'read');
    return readers.map((item) => Number(item.remoteAddr.split(':').at(-1)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #config(): string {
    return join(this.#folder, 'private.yml');
  }

  async #get(path: string): Promise<unknown> {
    const authorization = `Basic ${Buffer.from('svc:secret-word').toString('base64')}`;
    const answer = await fetch(`http://127.0.0.1:${this.#ports.api}${path}`, { headers: { authorization } });
    if (!answer.ok) throw new Error(`MediaMTX answered ${answer.status}`);
    return answer.json();
  }
}

function configure(api: number, rtsp: number): object {
  const permissions = ['api', 'publish', 'read'].map((action) => ({ action }));
  return {
    logLevel: 'warn',
    api: true,
    apiAddress: `127.0.0.1:${api}`,
    apiAllowOrigins: [],
    rtsp: true,
    rtspTransports: ['tcp'],
    rtspAddress: `127.0.0.1:${rtsp}`,
    rtmp: false,
    srt: false,
    hls: false,
    webrtc: false,
    authInternalUsers: [{ user: 'svc', pass: 'secret-word', permissions }],
    paths: { cam: { source: 'publisher' } },
  };
}

async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP address');
    return address.port;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** How long a condition may take on a loaded machine; it is no measure of speed. */
export const patience = { timeout: 20_000, interval: 30 };

export function createCapture(
  server: LiveMediaMtx,
  deps: Partial<CaptureDeps> = {},
): Capture & AsyncDisposable {
  const capture = new Capture({
    name: 'cam',
    source: () => camera,
    publishUrl: () => server.publishUrl,
    ffmpeg: () => ffmpegPath,
    encoder: new EncoderChooser({ useHardware: false }),
    recover: (_end, signal) => delay(100, signal),
    log: silentLog,
    ...deps,
  });
  return Object.assign(capture, { [Symbol.asyncDispose]: () => capture.stop() });
}

/** The number that the test camera shows now, by the clock. */
export function numberNow(fps = camera.fps): number {
  return Math.floor((Date.now() / 1000) * fps) % 65_536;
}

/** Reads the frame number from a JPEG or PNG by decoding it. */
export async function readNumberOf(
  picture: Buffer,
  size: { width: number; height: number },
): Promise<number | null> {
  const args = [
    '-loglevel',
    'error',
    '-f',
    'image2pipe',
    '-i',
    'pipe:0',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'gray',
    'pipe:1',
  ];
  const { stdout } = await run({ command: ffmpegPath, args, input: picture, timeoutMs: 20_000 });
  return readFrameNumber({ ...size, data: stdout, stride: size.width });
}

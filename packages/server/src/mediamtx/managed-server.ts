import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ChildOptions } from '../process/child-process.ts';
import { delay } from '../process/delay.ts';
import { ownerVariable } from '../process/leftovers.ts';
import { Supervisor } from '../process/supervisor.ts';
import { MediaMtxApi, type InternalUser, type PathConfig } from './api.ts';
import { basicAuthorization, type Credentials } from './endpoint.ts';
import { managedConfig, type ManagedSockets } from './managed-config.ts';

export interface ManagedServerOptions {
  /** Looked for at each start, so that one that was installed meanwhile is found. Throws with the remedy. */
  binary: () => Promise<string>;
  /** A directory of mode 0700 for the configuration. */
  runDir: string;
  /** Where the sockets are; a short path, since the kernel takes 107 bytes. */
  socketDir: string;
  host: string;
  rtspPort: number;
  webrtcPort: number;
  credentials: Credentials;
  users: () => InternalUser[];
  paths: () => ReadonlyMap<string, PathConfig>;
  /** Called at each ready, the first included. */
  onReady?: (pid: number) => void;
  onExit?: () => void;
  log: Logger;
}

/** Our own MediaMTX: each start writes a fresh private configuration; an end that nobody ordered starts the next. */
export class ManagedMediaMtx {
  readonly #options: ManagedServerOptions;
  readonly #supervisor: Supervisor;
  readonly sockets: ManagedSockets;

  constructor(options: ManagedServerOptions) {
    this.#options = options;
    const socket = (name: string): string => join(options.socketDir, `${name}.sock`);
    this.sockets = { api: socket('api'), webrtc: socket('webrtc'), hls: socket('hls') };
    this.#supervisor = new Supervisor({
      name: 'mediamtx',
      child: () => this.#childOptions(),
      probe: (signal) => this.#probe(signal),
      readyTimeoutMs: 20_000,
      // After its error it tells how it closes this and that.
      pickReason: (lines) => /ERR (.*)$/.exec(lines.findLast((line) => line.includes(' ERR ')) ?? '')?.[1],
      ...(options.onReady && { onReady: options.onReady }),
      ...(options.onExit && { onExit: options.onExit }),
      log: options.log,
    });
  }

  get pid(): number | undefined {
    return this.#supervisor.pid;
  }

  get isReady(): boolean {
    return this.#supervisor.isReady;
  }

  get lastFailure(): string | undefined {
    return this.#supervisor.lastFailure;
  }

  /** Resolves when it answers for the first time. */
  start(): Promise<void> {
    return this.#supervisor.start();
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  /** For a server whose API is silent while its process lives. */
  restart(): Promise<void> {
    return this.#supervisor.restart();
  }

  async #childOptions(): Promise<ChildOptions> {
    const command = await this.#options.binary();
    const { runDir, socketDir, host, rtspPort, webrtcPort, users, paths } = this.#options;
    mkdirSync(runDir, { recursive: true, mode: 0o700 });
    mkdirSync(socketDir, { recursive: true, mode: 0o700 });
    const file = join(runDir, 'mediamtx.yml');
    // Removed first, so that its mode is the one given here.
    rmSync(file, { force: true });
    const config = managedConfig({
      sockets: this.sockets,
      host,
      rtspPort,
      webrtcPort,
      users: users(),
      paths: paths(),
      logLevel: 'info',
    });
    writeFileSync(file, config, { mode: 0o600 });
    return {
      name: 'mediamtx',
      command,
      args: [file],
      // Variables MTX_* and RTSP_* of the environment would override the file.
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        [ownerVariable]: process.env[ownerVariable],
        TZ: 'UTC',
        MTX_MOQ: 'no',
      },
      cwd: runDir,
      // It needs some 30 ms; one that hangs must not keep the service from ending within 5 s.
      stopSteps: [{ signal: 'SIGTERM', waitMs: 2_500 }],
      // It still closes the files that it writes.
      deathSignal: 'SIGTERM',
      onLine: (_stream, line) => this.#logLine(line),
    };
  }

  #logLine(line: string): void {
    const match = /^\S+ \S+ (DEB|INF|WAR|ERR) (.*)$/.exec(line);
    const [level, text] = match ? [match[1], match[2]!] : ['INF', line];
    // Asking whether a path exists is answered with an error that is none.
    const isQuestion = text.startsWith('[API] path') && text.endsWith('not found');
    if ((level === 'ERR' || level === 'WAR') && !isQuestion)
      this.#options.log.warn({ line: text }, 'mediamtx');
    else this.#options.log.debug({ line: text }, 'mediamtx');
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const authorization = basicAuthorization(this.#options.credentials);
    const api = new MediaMtxApi({
      endpoint: { socketPath: this.sockets.api, authorization },
      timeoutMs: 2_000,
    });
    try {
      while (!signal.aborted) {
        const answered = await api.info().then(
          () => true,
          // Not listening yet; the API is the last of its listeners to open.
          () => false,
        );
        if (answered) return;
        await delay(15, signal);
      }
      throw new Error('stopped');
    } finally {
      api.close();
    }
  }
}

import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';

export type HookName = 'demand' | 'probe';

export interface HookServerOptions {
  socketPath: string;
  /** Must return at once: MediaMTX waits for its hooks. */
  onHook: (hook: HookName, path: string) => void;
  log: Pick<Logger, 'debug' | 'warn'>;
}

/**
 * Where MediaMTX's hooks arrive: a unix socket in a private directory, so that nobody else can pretend demand.
 * A hook is a hint that a player asked for a camera; who really watches is told by the paths' readers.
 */
export class HookServer {
  readonly #options: HookServerOptions;
  #server: Server | undefined;

  constructor(options: HookServerOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    const { socketPath, onHook, log } = this.#options;
    rmSync(socketPath, { force: true });
    this.#server = createServer((request, response) => {
      response.end();
      const [, hook, path] = (request.url ?? '').split('/');
      log.debug({ hook, path }, 'hook');
      if ((hook === 'demand' || hook === 'probe') && path) onHook(hook, decodeURIComponent(path));
    });
    return new Promise((resolve, reject) => {
      this.#server!.once('error', reject);
      this.#server!.listen(socketPath, () => {
        chmodSync(socketPath, 0o600);
        resolve();
      });
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#server?.listening) return resolve();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

/** A command line for MediaMTX, which starts it without a shell and replaces `$MTX_PATH`. */
export function hookCommand(socketPath: string, hook: HookName): string {
  const script = fileURLToPath(new URL('./hook.js', import.meta.url));
  return [process.execPath, script, socketPath, hook, '$MTX_PATH'].map(quote).join(' ');
}

function quote(word: string): string {
  return /^[A-Za-z0-9_./$-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

import type { FastifyInstance } from 'fastify';
import { settlesWithin } from '../process/child-process.ts';
import { createHttpApp, type HttpDeps } from './app.ts';
import { listenOn, portOf } from './listen.ts';

const stopTimeoutMs = 2_000;

/** The service's own port: page, WebSocket, RPC, files, media. */
export class HttpServer {
  readonly #deps: HttpDeps;
  #app: FastifyInstance | undefined;
  #starting: Promise<void> | undefined;

  constructor(deps: HttpDeps) {
    this.#deps = deps;
  }

  /** The port that was taken; undefined while it does not listen. */
  get port(): number | undefined {
    return this.#app && portOf(this.#app);
  }

  /** Listens, or throws ListenError with who holds the port. */
  start(): Promise<void> {
    this.#starting ??= this.#listen();
    return this.#starting;
  }

  /** Ends every connection, within 2 s; the RPC server has told its clients before. */
  async stop(): Promise<void> {
    // A start that fails has told its caller.
    await this.#starting?.catch(() => undefined);
    const app = this.#app;
    this.#app = undefined;
    if (app) await settlesWithin(app.close(), stopTimeoutMs);
  }

  async #listen(): Promise<void> {
    const { host, port } = this.#deps.config;
    const app = await createHttpApp(this.#deps);
    try {
      await listenOn(app, { host, port, key: 'server.port', flag: '--port' });
    } catch (error) {
      await app.close();
      throw error;
    }
    this.#app = app;
    this.#deps.log.info({ host, port: portOf(app) }, 'HTTP listens');
  }
}

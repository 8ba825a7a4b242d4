import { fastify, type FastifyInstance } from 'fastify';
import { errnoOf } from '../errors.ts';
import { listenOn, portOf } from '../http/listen.ts';
import { createNodeServer } from '../http/node-server.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { SocketLimits } from '../http/socket-limits.ts';
import type { Logger } from '../log.ts';
import { addOpenMetricsRoute } from './metrics-route.ts';
import type { HealthSource } from './report.ts';
import { addHealthRoutes } from './routes.ts';

export const defaultHealthPort = 8003;
// A probe asks a few bytes and takes a few.
const times = { headersMs: 5_000, requestMs: 5_000, idleMs: 5_000 };
const maxSockets = { ofAddress: 100, total: 500 };
/** How many ports are tried when none was configured. */
const portsTried = 100;

export interface HealthServerDeps {
  /** `port` undefined: 8003, or the next free one. */
  config: { host: string; port?: number | undefined };
  source: HealthSource;
  /** Answers `/metrics` too: without login, so it names no camera. Undefined while the service starts. */
  metricsText?: (() => Promise<string> | undefined) | undefined;
  log: Logger;
}

/** The health port. It starts first of all, so that a probe sees `starting` rather than a refused connection. */
export class HealthServer {
  readonly #deps: HealthServerDeps;
  #app: FastifyInstance | undefined;

  constructor(deps: HealthServerDeps) {
    this.#deps = deps;
  }

  /** The port that was taken; undefined while it does not listen. */
  get port(): number | undefined {
    return this.#app && portOf(this.#app);
  }

  async start(): Promise<void> {
    const { host, port } = this.#deps.config;
    if (port !== undefined) {
      await this.#listen(host, port);
      return;
    }
    for (let offset = 0; offset < portsTried; offset += 1) {
      try {
        await this.#listen(host, defaultHealthPort + offset);
        return;
      } catch (error) {
        if (errnoOf(error) !== 'EADDRINUSE') throw error;
      }
    }
    await this.#listen(host, 0);
  }

  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = undefined;
    await app?.close();
  }

  async #listen(host: string, port: number): Promise<void> {
    const { log } = this.#deps;
    const { ofAddress, total } = maxSockets;
    const sockets = new SocketLimits({ perAddress: () => ofAddress, total, log });
    const app = fastify({
      forceCloseConnections: true,
      return503OnClosing: false,
      bodyLimit: 1024,
      serverFactory: (handler) => createNodeServer(handler, { times, sockets }),
    });
    app.addHook('onRequest', async (_request, reply) => void reply.headers(securityHeaders));
    const { source, metricsText } = this.#deps;
    addHealthRoutes(app, source);
    if (metricsText) addOpenMetricsRoute(app, metricsText);
    app.setNotFoundHandler((_request, reply) =>
      reply
        .code(404)
        .send({ error: `there are only the /health paths${metricsText ? ' and /metrics' : ''}` }),
    );
    try {
      await listenOn(app, { host, port, key: 'health.port' });
    } catch (error) {
      await app.close();
      throw error;
    }
    this.#app = app;
    this.#deps.log.info({ host, port: portOf(app) }, 'health port listens');
  }
}

import fastifyCookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import { maxMessageBytes } from '@mediamtx-camera-service/protocol';
import type { LoginCodes } from '../auth/login-codes.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { Config } from '../config/schema.ts';
import { notFound } from '../errors.ts';
import type { HealthSource } from '../health/report.ts';
import { addHealthRoutes } from '../health/routes.ts';
import type { Logger } from '../log.ts';
import type { RpcServer } from '../rpc/rpc-server.ts';
import { addApiRoutes } from './api-routes.ts';
import type { CameraViews, FileCatalog, MediaSource } from './deps.ts';
import { createErrorHandler } from './error-reply.ts';
import { addFileRoutes } from './files.ts';
import { addHlsRoutes } from './hls.ts';
import type { KeepaliveTimes } from './keepalive.ts';
import { addLoginRoutes } from './login.ts';
import { MediaFront } from './media-front.ts';
import { addPageRoutes } from './page.ts';
import { RequestAuth } from './request-auth.ts';
import { OriginPolicy } from './request-origin.ts';
import { addRpcRoute } from './rpc-route.ts';
import { securityHeaders } from './security-headers.ts';
import { SessionCookies } from './session-cookie.ts';
import type { UrlSigner } from './signing.ts';
import { addStillRoute } from './still.ts';
import { UpstreamClient } from './upstream.ts';
import { addWebSocketRoute, registerWebSockets } from './websocket.ts';
import { addWhepRoutes } from './whep.ts';

export interface HttpDeps {
  config: Pick<Config['server'], 'host' | 'port' | 'allowed_hosts' | 'allowed_origins'>;
  rpc: Pick<RpcServer, 'mayAccept' | 'accept' | 'handlePost'>;
  credentials: Credentials;
  loginCodes: LoginCodes;
  signer: UrlSigner;
  media: MediaSource;
  cameras: CameraViews;
  catalog: FileCatalog;
  events: { readonly seq: number };
  health: HealthSource;
  log: Logger;
  version: string;
  /** The built page (`packages/web/dist`), absolute; it may be missing. */
  pageDir: string;
  /** How long a viewer's request waits for a camera that is being started; default 15 s. */
  startTimeoutMs?: number;
  keepaliveTimes?: KeepaliveTimes;
  now?: () => number;
}

/** The whole HTTP side of the service's own port, ready to listen or to be injected with requests. */
export async function createHttpApp(deps: HttpDeps): Promise<FastifyInstance> {
  const onError = createErrorHandler(deps.log);
  const app = fastify({
    bodyLimit: maxMessageBytes,
    forceCloseConnections: true,
    return503OnClosing: false,
    // Headers and body of one request; what is streamed back has all the time it needs.
    requestTimeout: 30_000,
    frameworkErrors: (error, request, reply) => {
      // No hook runs here, and nobody else ends the connection of an upgrade.
      if (request.headers.upgrade !== undefined)
        reply.raw.once('finish', () => request.raw.socket.destroySoon());
      onError(error, request, reply);
    },
  });
  app.setErrorHandler(onError);
  app.setNotFoundHandler((request) => {
    throw notFound('path', request.url.split('?')[0]!);
  });
  const origins = new OriginPolicy({
    allowedHosts: [deps.config.host, ...deps.config.allowed_hosts],
    allowedOrigins: deps.config.allowed_origins,
  });
  // First: its hook marks upgrades, and it ends the connection of a refused one by that mark.
  await registerWebSockets(app, deps);
  addGuards(app, origins);
  await app.register(fastifyCookie);
  addRoutes(app, deps, origins);
  return app;
}

function addGuards(app: FastifyInstance, origins: OriginPolicy): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    origins.checkHost(request);
    if (changesState(request)) origins.checkOrigin(request);
  });
}

/** A page of another origin could else act with the cookie of whoever looks at it. */
function changesState(request: FastifyRequest): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
}

function addRoutes(app: FastifyInstance, deps: HttpDeps, origins: OriginPolicy): void {
  const { signer, now = Date.now } = deps;
  const cookies = new SessionCookies({ signer, credentials: deps.credentials, now });
  const auth = new RequestAuth({ credentials: deps.credentials, cookies });
  addWebSocketRoute(app, { ...deps, auth, origins });
  addHealthRoutes(app, deps.health);
  addRpcRoute(app, { ...deps, auth });
  addApiRoutes(app, { ...deps, auth });
  addLoginRoutes(app, { ...deps, cookies });
  addMediaRoutes(app, deps, auth);
  app.register(async (scope) => {
    await scope.register(fastifyStatic, { serve: false });
    addFileRoutes(scope, { ...deps, auth });
  });
  app.register((scope) => addPageRoutes(scope, { ...deps, auth }));
}

function addMediaRoutes(app: FastifyInstance, deps: HttpDeps, auth: RequestAuth): void {
  const client = new UpstreamClient({ log: deps.log });
  app.addHook('onClose', () => client.close());
  const { media, signer, startTimeoutMs = 15_000 } = deps;
  const front = new MediaFront({ auth, media, signer, client, startTimeoutMs });
  addStillRoute(app, front);
  addWhepRoutes(app, front);
  addHlsRoutes(app, front);
}

import fastifyCookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import { fastify, type FastifyInstance } from 'fastify';
import { maxMessageBytes } from '@mediamtx-camera-service/protocol';
import type { LoginCodes } from '../auth/login-codes.ts';
import type { Logins } from '../auth/logins.ts';
import type { Credentials } from '../auth/credentials.ts';
import { publicOriginOf } from '../config/public-url.ts';
import type { Config } from '../config/schema.ts';
import { notFound } from '../errors.ts';
import type { Identity } from '../auth/identity.ts';
import type { HealthSource } from '../health/report.ts';
import { addHealthRoutes } from '../health/routes.ts';
import type { Logger } from '../log.ts';
import type { DownloadLinks } from '../media-access/download-links.ts';
import type { OpenMedia } from '../media-access/open-media.ts';
import { WhepSessions } from '../media-access/whep-sessions.ts';
import type { AuditWriter } from '../rpc/audit.ts';
import { addressMatcher } from '../rpc/client-address.ts';
import type { AddressBudgets } from '../rpc/limits.ts';
import type { RpcServer } from '../rpc/rpc-server.ts';
import type { StorageFacts } from '../store/storage-error.ts';
import { addAuditHook } from './audit-hook.ts';
import { addApiRoutes } from './api-routes.ts';
import type { CameraViews, FileCatalog, MediaSource } from './deps.ts';
import { createErrorHandler } from './error-reply.ts';
import { addFileRoutes } from './files.ts';
import { addGuards } from './guards.ts';
import { addHlsRoutes } from './hls.ts';
import type { KeepaliveTimes } from './keepalive.ts';
import { addLoginRoutes } from './login.ts';
import { MediaFront } from './media-front.ts';
import { addMetricsRoute } from './metrics-route.ts';
import { createNodeServer, type ServerTimes } from './node-server.ts';
import { addPageRoutes } from './page.ts';
import { RequestAuth } from './request-auth.ts';
import { OriginPolicy } from './request-origin.ts';
import { addRpcRoute } from './rpc-route.ts';
import { securityHeaders } from './security-headers.ts';
import { SessionCookies } from './session-cookie.ts';
import type { UrlSigner } from './signing.ts';
import { SocketLimits, totalSockets } from './socket-limits.ts';
import { addStillRoute } from './still.ts';
import type { Certificate } from './tls.ts';
import { UpstreamClient } from './upstream.ts';
import { addWebSocketRoute, registerWebSockets } from './websocket.ts';
import { addWhepRoutes } from './whep.ts';

export interface HttpDeps {
  config: Pick<Config['server'], 'host' | 'port' | 'allowed_hosts' | 'allowed_origins'> &
    Partial<Pick<Config['server'], 'trusted_proxies' | 'max_sockets_per_address' | 'public_url'>>;
  /** Turns TLS on. */
  tls?: Certificate | undefined;
  addressBudgets?: AddressBudgets | undefined;
  rpc: Pick<RpcServer, 'mayAccept' | 'accept' | 'handlePost'>;
  credentials: Credentials;
  logins: Logins;
  loginCodes: LoginCodes;
  signer: UrlSigner;
  links: DownloadLinks;
  openMedia: OpenMedia;
  media: MediaSource;
  cameras: CameraViews;
  catalog: FileCatalog;
  events: { readonly seq: number };
  health: HealthSource;
  audit: AuditWriter;
  metricsText: (identity: Identity) => Promise<string>;
  /** What a full disk is told with. */
  storage?: StorageFacts | undefined;
  log: Logger;
  version: string;
  /** The built page (`packages/web/dist`), absolute; it may be missing. */
  pageDir: string;
  /** How long a viewer's request waits for a camera that is being started; default 15 s. */
  startTimeoutMs?: number;
  keepaliveTimes?: KeepaliveTimes;
  /** How long clients may take; for tests. */
  times?: ServerTimes;
  now?: () => number;
}

// Long enough for a page that is looked at, and for a proxy that keeps its connections a minute.
const defaultTimes: ServerTimes = { headersMs: 10_000, requestMs: 30_000, idleMs: 65_000 };

/** The whole HTTP side of the service's own port, ready to listen or to be injected with requests. */
export async function createHttpApp(deps: HttpDeps): Promise<FastifyInstance> {
  const onError = createErrorHandler(deps.log, deps.storage);
  const { tls, times = defaultTimes } = deps;
  const { trusted_proxies: proxies } = deps.config;
  const isProxy = addressMatcher(proxies ?? []);
  const sockets = new SocketLimits({
    perAddress: () => deps.config.max_sockets_per_address ?? Number.POSITIVE_INFINITY,
    total: totalSockets(),
    isProxy,
    log: deps.log,
  });
  const app = fastify({
    bodyLimit: maxMessageBytes,
    forceCloseConnections: true,
    return503OnClosing: false,
    ...(proxies && proxies.length > 0 && { trustProxy: isProxy }),
    serverFactory: (handler) => createNodeServer(handler, { times, sockets, tls }),
    frameworkErrors: (error, request, reply) => {
      reply.headers(securityHeaders);
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
  const origins = new OriginPolicy(deps.config);
  // First: its hook marks upgrades, and it ends the connection of a refused one by that mark.
  await registerWebSockets(app, deps);
  app.decorateRequest('caller', undefined);
  addAuditHook(app, deps);
  addGuards(app, {
    origins,
    addressBudgets: deps.addressBudgets,
    isStrictTransport: tls !== undefined && !tls.isSelfSigned,
    now: deps.now ?? Date.now,
  });
  await app.register(fastifyCookie);
  addRoutes(app, deps, origins);
  return app;
}

function addRoutes(app: FastifyInstance, deps: HttpDeps, origins: OriginPolicy): void {
  const { signer, now = Date.now } = deps;
  const isAlwaysSecure = (): boolean => publicOriginOf(deps.config)?.startsWith('https:') ?? false;
  const cookies = new SessionCookies({ signer, credentials: deps.credentials, isAlwaysSecure, now });
  const auth = new RequestAuth({ credentials: deps.credentials, cookies });
  addWebSocketRoute(app, { ...deps, auth, origins });
  addHealthRoutes(app, deps.health);
  addRpcRoute(app, { ...deps, auth });
  addApiRoutes(app, { ...deps, auth });
  addMetricsRoute(app, { ...deps, auth });
  addLoginRoutes(app, { ...deps, cookies });
  addMediaRoutes(app, deps, auth);
  app.register(async (scope) => {
    await scope.register(fastifyStatic, { serve: false });
    addFileRoutes(scope, { ...deps, auth });
  });
  app.register((scope) => addPageRoutes(scope, { ...deps, auth, cookies }));
}

function addMediaRoutes(app: FastifyInstance, deps: HttpDeps, auth: RequestAuth): void {
  const client = new UpstreamClient({ log: deps.log });
  app.addHook('onClose', () => client.close());
  const { media, signer, openMedia, log, startTimeoutMs = 15_000 } = deps;
  const whepSessions = new WhepSessions({ openMedia, present: () => media.whepSessions(), log });
  app.addHook('onClose', () => whepSessions.stop());
  const front = new MediaFront({ auth, media, signer, client, openMedia, whepSessions, startTimeoutMs });
  addStillRoute(app, front);
  addWhepRoutes(app, front);
  addHlsRoutes(app, front);
}

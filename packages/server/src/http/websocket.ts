import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { maxMessageBytes, subprotocol } from '@mediamtx-camera-service/protocol';
import type { WebSocket } from 'ws';
import type { Credentials } from '../auth/credentials.ts';
import type { Identity } from '../auth/identity.ts';
import type { Logger } from '../log.ts';
import type { RpcSocket } from '../rpc/outbox.ts';
import type { RpcServer } from '../rpc/rpc-server.ts';
import { HttpError } from './error-reply.ts';
import { Keepalive, type KeepaliveTimes } from './keepalive.ts';
import type { RequestAuth } from './request-auth.ts';
import { clientNamesOf, type OriginPolicy } from './request-origin.ts';

export interface WebSocketDeps {
  credentials: Pick<Credentials, 'current'>;
  rpc: Pick<RpcServer, 'mayAccept' | 'accept'>;
  auth: RequestAuth;
  origins: OriginPolicy;
  keepaliveTimes?: KeepaliveTimes | undefined;
}

const goingAway = 1001;
/** What a peer gets to answer a close, before its connection is cut. */
const closeTimeoutMs = 1_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request, as far as it was asked. */
    caller: Identity | undefined;
  }
}

/** Makes the instance understand upgrades; must come before any hook that may refuse one. */
export async function registerWebSockets(app: FastifyInstance, { log }: { log: Logger }): Promise<void> {
  await app.register(fastifyWebsocket, {
    options: {
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
      handleProtocols: (offered: Set<string>) => (offered.has(subprotocol) ? subprotocol : false),
    },
    errorHandler: (error, socket) => {
      // ws has closed it already with the code that says why (1009 for a message that is too long).
      log.debug({ err: error }, 'WebSocket failed');
      if (socket.readyState === socket.OPEN) socket.terminate();
    },
    preClose: (done) => closeAll(app.websocketServer.clients, done),
  });
}

/** `/ws`: whoever passes the checks of the upgrade is handed to RPC, which knows nothing of HTTP. */
export function addWebSocketRoute(app: FastifyInstance, deps: WebSocketDeps): void {
  const keepalive = new Keepalive(deps.keepaliveTimes);
  app.addHook('onClose', () => keepalive.stop());
  const handler = (socket: WebSocket, request: FastifyRequest): void =>
    serve(deps, { socket, request, keepalive });
  const options = { websocket: true, config: { audited: true } } as const;
  app.get('/ws', { ...options, preValidation: (request) => checkUpgrade(deps, request) }, handler);
}

async function checkUpgrade(deps: WebSocketDeps, request: FastifyRequest): Promise<void> {
  if (!request.ws) {
    throw new HttpError(426, 'invalid_request', {
      reason: 'upgrade_required',
      details: 'this is a WebSocket endpoint',
      suggestion: 'open it with a WebSocket client, or send single calls to POST /rpc',
    });
  }
  deps.origins.checkOrigin(request);
  await deps.auth.identify(request);
  const verdict = deps.rpc.mayAccept(request.ip);
  if (verdict === true) return;
  throw new HttpError(503, 'rate_limited', {
    reason: 'too_many_connections',
    details: verdict,
    suggestion: 'close others, or try again later',
    retry_after_ms: 5_000,
  });
}

function serve(
  deps: WebSocketDeps,
  { socket, request, keepalive }: { socket: WebSocket; request: FastifyRequest; keepalive: Keepalive },
): void {
  keepalive.add(socket);
  const connection = deps.rpc.accept(asRpcSocket(socket), {
    remoteAddress: request.ip,
    ...clientNamesOf(request),
    // What it stands on may have ended since it was looked at.
    identity: request.caller && deps.credentials.current(request.caller),
    subprotocol: socket.protocol,
  });
  socket.on('message', (data, isBinary) => connection.onMessage(data, isBinary));
  socket.once('close', () => connection.onClose());
}

function asRpcSocket(socket: WebSocket): RpcSocket {
  return {
    send: (text) => socket.send(text),
    close: (code, reason) => closeGently(socket, code, reason),
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
  };
}

/** A close frame, and the end of the connection where the peer doesn't answer it. */
function closeGently(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  const timer = setTimeout(() => socket.terminate(), closeTimeoutMs);
  socket.once('close', () => clearTimeout(timer));
}

/** Ends every connection and calls `done` when the last is gone. */
function closeAll(sockets: Set<WebSocket>, done: () => void): void {
  let left = sockets.size;
  if (left === 0) return done();
  for (const socket of sockets) {
    socket.once('close', () => {
      left -= 1;
      if (left === 0) done();
    });
    closeGently(socket, goingAway, 'the service shuts down');
  }
}

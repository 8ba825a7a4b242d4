import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SocketLimits } from './socket-limits.ts';
import type { Certificate } from './tls.ts';

/** How long a client may take for its part; what is sent to it has all the time it needs. */
export interface ServerTimes {
  headersMs: number;
  /** Headers and body. */
  requestMs: number;
  idleMs: number;
}

export interface NodeServerOptions {
  times: ServerTimes;
  sockets: SocketLimits;
  tls?: Certificate | undefined;
}

const handshakeTimeoutMs = 10_000;
const maxHeaderBytes = 16 * 1024;
const maxHeaders = 100;
const plainText = 'this port speaks TLS: use https\n';
const plainAnswer =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n' +
  `Content-Length: ${plainText.length}\r\n\r\n${plainText}`;

/** An HTTP server of Node that a client can't hold by being slow, silent or many. */
export function createNodeServer(handler: RequestListener, options: NodeServerOptions): Server {
  const { times, sockets, tls } = options;
  const server = tls ? secureServer(handler, times, tls) : createServer(limitsOf(times), handler);
  server.maxHeadersCount = maxHeaders;
  gate(server, sockets);
  return server;
}

function limitsOf({ headersMs, requestMs, idleMs }: ServerTimes): ServerOptions {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    // How exact the two time-outs are.
    connectionsCheckingInterval: Math.min(2_000, headersMs / 2),
    maxHeaderSize: maxHeaderBytes,
    requireHostHeader: true,
    insecureHTTPParser: false,
  };
}

function secureServer(handler: RequestListener, times: ServerTimes, tls: Certificate): Server {
  const options = { ...limitsOf(times), ...tls.options, handshakeTimeout: handshakeTimeoutMs };
  const server = createSecureServer(options, handler);
  tls.serve(server);
  answerPlainHttp(server);
  return server;
}

/** Decides on a socket before the parser, or TLS, has made anything for it. */
function gate(server: Server, sockets: SocketLimits): void {
  const serveSocket = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (!sockets.admit(socket)) return;
    for (const serve of serveSocket) serve.call(server, socket);
  });
}

/** Who speaks HTTP to a TLS port is told so, while the failed handshake still holds its socket. */
function answerPlainHttp(server: Server): void {
  const shaking = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const key = peerOf(socket);
    shaking.set(key, socket);
    socket.once('close', () => shaking.delete(key));
  });
  server.on('secureConnection', (socket: TLSSocket) => shaking.delete(peerOf(socket)));
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    const raw = shaking.get(peerOf(socket));
    if (error.code === 'ERR_SSL_HTTP_REQUEST') raw?.write(plainAnswer);
  });
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Role } from '@mediamtx-camera-service/protocol';
import type { Identity } from '../../../src/auth/identity.ts';
import { AuditLog } from '../../../src/audit/audit-log.ts';
import { Tokens } from '../../../src/auth/tokens.ts';
import { buildAccess, type AccessParts } from '../../../src/lifecycle/build-credentials.ts';
import { EventLog } from '../../../src/events/event-log.ts';
import { Notifier } from '../../../src/events/notifier.ts';
import type { HandlerTable } from '../../../src/rpc/call.ts';
import {
  createDiscoverHandlers,
  createEventHandlers,
  createSessionHandlers,
} from '../../../src/rpc/handlers/index.ts';
import type { RpcSocket } from '../../../src/rpc/outbox.ts';
import { RpcServer, type RpcServerDeps } from '../../../src/rpc/rpc-server.ts';
import { Sessions, type ConnectionLimits } from '../../../src/rpc/sessions.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { type AnyReply, WireClient } from './client.ts';
import { createWorld } from './handlers.ts';

export interface HarnessOptions extends Partial<Omit<RpcServerDeps, 'handlers'>> {
  handlers?: Partial<HandlerTable>;
  /** Handlers that need the harness's own sessions. */
  extraHandlers?: (parts: { sessions: Sessions }) => Partial<HandlerTable>;
  /** Who may call; default: nobody but bearers of tokens. Its tokens are signed with 32 bytes of 1. */
  access?: AccessParts;
  connections?: ConnectionLimits;
  /** Who the upgrade request was from. */
  upgradeIdentity?: Identity;
}

export type Harness = Awaited<ReturnType<typeof startRpc>>;

/** The real RPC core over real sockets on a free port, with a world of one camera behind it. */
export async function startRpc(options: HarnessOptions = {}) {
  const { upgradeIdentity: identity, ...given } = options;
  const core = createCore(given);
  const { rpc, tokens } = core;
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    const { protocol: subprotocol } = socket;
    const connection = rpc.accept(asRpcSocket(socket), {
      remoteAddress: '127.0.0.1',
      host: 'localhost',
      identity,
      subprotocol,
    });
    socket.on('message', (data, isBinary) => connection.onMessage(data, isBinary));
    socket.once('close', () => connection.onClose());
  });
  const port = (server.address() as AddressInfo).port;
  return {
    ...core,
    server,
    connect: async (role?: Role, subprotocols: string[] = []) => {
      const client = await WireClient.connect(port, subprotocols);
      if (role) await client.call('authenticate', { auth_token: await tokens.create({ user: role, role }) });
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The same without a network: calls go in by POST. */
export function createCore(options: HarnessOptions = {}) {
  const { handlers = {}, connections = { maxConnections: 1000, maxConnectionsPerAddress: 1000 } } = options;
  const logLines: Record<string, unknown>[] = [];
  const write = (line: string) => void logLines.push(JSON.parse(line) as Record<string, unknown>);
  const log = options.log ?? pino({ level: 'info' }, { write });
  const now = options.now ?? Date.now;
  const events = options.events ?? new EventLog({ db: openDatabase(':memory:'), log, now });
  const notifier = new Notifier({ log });
  const sessions = new Sessions(connections);
  const tokens = new Tokens({ secret: Buffer.alloc(32, 1), expirySeconds: 3600, now });
  const access = options.access ?? buildAccess({ db: openDatabase(':memory:'), tokens, now });
  const { credentials } = access;
  credentials.onChange(() => sessions.recheck(credentials));
  const audit = new AuditLog({
    db: openDatabase(':memory:'),
    config: { audit: 'control', audit_days: 90 },
    resolve: (device) => (['camera0', '/dev/video0'].includes(device) ? 'camera0' : undefined),
    log,
  });
  const rpc = new RpcServer({
    audit,
    limits: { ratePerMinute: 0, burst: 1_000, maxInFlight: 256 },
    greeting: { server_name: 'test', server_version: '0.0.0', protocol_version: '1.0' },
    validateResults: true,
    ...options,
    handlers: {
      ...createWorld({ events, notifier }),
      ...createSessionHandlers(access),
      ...createEventHandlers({ events, sessions }),
      ...createDiscoverHandlers('0.0.0'),
      ...options.extraHandlers?.({ sessions }),
      ...handlers,
    },
    sessions,
    events,
    notifier,
    log,
    now,
  });
  const post = async (body: string, role?: Role): Promise<string | undefined> =>
    await rpc.handlePost(body, {
      remoteAddress: '192.0.2.1',
      host: 'localhost',
      identity: role && identityOf(role),
      signal: new AbortController().signal,
    });
  const call = async (method: string, params?: unknown, role?: Role): Promise<AnyReply> =>
    JSON.parse((await post(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), role))!) as AnyReply;
  return { rpc, audit, events, notifier, sessions, tokens, ...access, log, logLines, post, call };
}

export function identityOf(role: Role, more: Partial<Identity> = {}): Identity {
  const basis = { kind: 'login', loginId: `login of the ${role}` } as const;
  return { user: `the ${role}`, role, method: 'jwt', expiresAt: null, basis, ...more };
}

export function asRpcSocket(socket: WebSocket): RpcSocket {
  return {
    send: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
  };
}

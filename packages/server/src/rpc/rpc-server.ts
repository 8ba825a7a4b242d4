import { randomUUID } from 'node:crypto';
import {
  subprotocol as greetedSubprotocol,
  type NotificationParams,
} from '@mediamtx-camera-service/protocol';
import type { Identity } from '../auth/identity.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Notifier } from '../events/notifier.ts';
import type { Logger } from '../log.ts';
import { Traffic } from '../metrics/traffic.ts';
import type { AuditWriter } from './audit.ts';
import { Broadcaster } from './broadcaster.ts';
import type { HandlerTable } from './call.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Exchange } from './exchange.ts';
import {
  alsoOfAddress,
  CallBudget,
  CallBudgets,
  type AddressBudgets,
  type Budget,
  type LimitOptions,
} from './limits.ts';
import { notificationText, Outbox, type OutboxLimits, type RpcSocket } from './outbox.ts';
import { Session, type ClientNames } from './session.ts';
import type { Sessions } from './sessions.ts';
import type { StorageFacts } from '../store/storage-error.ts';

/** A message as `ws` hands it over. */
export type RawMessage = string | Buffer | ArrayBuffer | Buffer[];

export interface ConnectionInfo extends ClientNames {
  remoteAddress: string;
  /** Who it is by the upgrade request's credentials. */
  identity?: Identity | undefined;
  /** The WebSocket subprotocol that was agreed on. */
  subprotocol?: string | undefined;
}

export interface PostInfo extends ClientNames {
  remoteAddress: string;
  identity?: Identity | undefined;
  signal: AbortSignal;
}

/** What a socket's owner calls; both may be called after the socket is closed. */
export interface RpcConnection {
  onMessage(data: RawMessage, isBinary: boolean): void;
  onClose(): void;
}

export interface RpcServerDeps {
  handlers: HandlerTable;
  audit: AuditWriter;
  /** Where calls, connections and notifications are counted. */
  traffic?: Traffic | undefined;
  sessions: Sessions;
  events: EventLog;
  notifier: Notifier;
  log: Logger;
  limits: LimitOptions;
  /** What the HTTP side spends from as well. */
  addressBudgets?: AddressBudgets | undefined;
  greeting: NotificationParams<'hello'>;
  /** Both are read at each use. */
  openReads?: boolean;
  replyMetadata?: boolean;
  /** What a full disk is told with. */
  storage?: StorageFacts | undefined;
  /** For tests: a result that violates the contract becomes an internal error. */
  validateResults?: boolean;
  outboxLimits?: Partial<OutboxLimits>;
  now?: () => number;
}

const goingAway = 1001;

/** JSON-RPC over whatever carries it: connections that it is handed, and single POST bodies. */
export class RpcServer {
  readonly #deps: RpcServerDeps;
  readonly #dispatcher: Dispatcher;
  readonly #broadcaster: Broadcaster;
  readonly #budgets: CallBudgets;
  readonly #greeting: string;
  readonly #now: () => number;
  readonly #traffic: Traffic;
  #isStopped = false;

  constructor(deps: RpcServerDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#traffic = deps.traffic ?? new Traffic();
    this.#greeting = notificationText('hello', deps.greeting);
    this.#budgets = new CallBudgets(deps.limits);
    this.#broadcaster = new Broadcaster(deps, this.#now);
    this.#dispatcher = new Dispatcher({
      handlers: deps.handlers,
      audit: deps.audit,
      traffic: this.#traffic,
      log: deps.log,
      now: this.#now,
      openReads: () => deps.openReads ?? false,
      replyMetadata: () => deps.replyMetadata ?? false,
      validateResults: deps.validateResults ?? false,
      storage: deps.storage,
      onFault: (fault) => deps.events.append('system.error', fault),
    });
  }

  /** True, or why one more connection of this address is refused (the upgrade then gets 503). */
  mayAccept(remoteAddress: string): true | string {
    return this.#deps.sessions.mayAccept(remoteAddress);
  }

  /** Serves an open socket until `onClose`. */
  accept(socket: RpcSocket, info: ConnectionInfo): RpcConnection {
    const { sessions, limits, outboxLimits, addressBudgets } = this.#deps;
    const outbox = new Outbox(socket, outboxLimits, this.#traffic.notifications);
    const own = new CallBudget(limits, this.#now());
    const budget = alsoOfAddress(own, info.remoteAddress, addressBudgets);
    const session = this.#createSession(info, { transport: 'websocket', outbox, budget });
    sessions.add(session);
    this.#traffic.connections += 1;
    if (info.subprotocol === greetedSubprotocol) outbox.sendReply(this.#greeting);
    return {
      onMessage: (data, isBinary) => {
        if (isBinary) this.#refuseBinary(session, outbox);
        else this.#receive(toText(data), session, outbox);
      },
      onClose: () => {
        sessions.remove(session);
        this.#traffic.connections -= 1;
        session.dispose();
      },
    };
  }

  /** The reply to one POST body; undefined where there is none to give (notifications). */
  async handlePost(body: string, info: PostInfo): Promise<string | undefined> {
    const caller = info.identity ? `user ${info.identity.user}` : `address ${info.remoteAddress}`;
    const own = this.#budgets.of(caller, this.#now());
    const budget = alsoOfAddress(own, info.remoteAddress, this.#deps.addressBudgets);
    const session = this.#createSession(info, { transport: 'http', budget, signal: info.signal });
    const exchange: Exchange = { session };
    const takeAway = this.#deps.sessions.addPost(session);
    try {
      return await this.#dispatcher.dispatch({ text: body, session, exchange });
    } finally {
      takeAway();
      exchange.session = undefined;
    }
  }

  /** Tells every subscriber that the service shuts down, then closes all connections. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    const { sessions, events } = this.#deps;
    sessions.refuseNew();
    events.append('system.shutdown', { reason: 'the service shuts down' });
    this.#broadcaster.stop();
    for (const { outbox } of sessions) outbox?.close(goingAway, 'the service shuts down');
  }

  #createSession(
    { identity, host, origin, remoteAddress }: Omit<ConnectionInfo, 'subprotocol'>,
    kind: {
      transport: 'websocket' | 'http';
      budget: Budget;
      outbox?: Outbox;
      signal?: AbortSignal;
    },
  ): Session {
    const { events, log } = this.#deps;
    const openReads = (): boolean => this.#deps.openReads ?? false;
    const caller = { id: randomUUID(), host, origin, remoteAddress, identity };
    return new Session({ ...caller, ...kind, events, log, openReads, now: this.#now });
  }

  #refuseBinary(session: Session, outbox: Outbox): void {
    const reply = this.#dispatcher.refuseBinary(session);
    if (reply !== undefined) outbox.sendReply(reply);
  }

  #receive(text: string, session: Session, outbox: Outbox): void {
    if (session.signal.aborted || outbox.isClosed) return;
    if (session.loginInProgress) {
      // What a client sends right after `authenticate` counts on it.
      void session.loginInProgress.then(() => this.#receive(text, session, outbox));
      return;
    }
    const exchange: Exchange = { session };
    const reply = this.#dispatcher.dispatch({ text, session, exchange });
    // Most calls are answered at once; only the others cost a promise.
    if (reply instanceof Promise) void reply.then((late) => this.#reply(late, { session, outbox, exchange }));
    else this.#reply(reply, { session, outbox, exchange });
  }

  #reply(
    reply: string | undefined,
    { session, outbox, exchange }: { session: Session; outbox: Outbox; exchange: Exchange },
  ): void {
    if (reply !== undefined) outbox.sendReply(reply);
    exchange.session = undefined;
    session.replied();
  }
}

function toText(data: RawMessage): string {
  if (typeof data === 'string') return data;
  if (Buffer.isBuffer(data)) return data.toString();
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)).toString();
}

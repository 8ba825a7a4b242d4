import type { Credentials } from '../auth/credentials.ts';
import { isExpired, mayView, type Identity } from '../auth/identity.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Logger } from '../log.ts';
import { currentExchange } from './exchange.ts';
import { Feed } from './feed.ts';
import { hideForeign } from './hide-foreign.ts';
import type { Budget } from './limits.ts';
import type { Outbox } from './outbox.ts';

/** How a client reaches the service. */
export interface ClientNames {
  /** What it used as Host, without port. */
  host: string;
  /** Scheme, host and port as a trusted proxy tells them; undefined where there is none between. */
  origin?: string | undefined;
}

export interface SessionOptions extends ClientNames {
  id: string;
  transport: 'websocket' | 'http';
  remoteAddress: string;
  identity: Identity | undefined;
  budget: Budget;
  /** Asked each time, as it can be changed while the session lives. */
  openReads: () => boolean;
  now: () => number;
  /** Where notifications go; absent for POST. */
  outbox?: Outbox | undefined;
  /** Aborted when the caller of a POST is gone; a connection has its own. */
  signal?: AbortSignal | undefined;
  events: Pick<EventLog, 'read' | 'seq'>;
  log: Logger;
}

/** Tells a client that logging in by the same credentials is of no use. */
const identityEnded = 4401;

// Older clients rely on these without asking for them.
const statesToldByDefault: ReadonlySet<string> = new Set(['camera_status_update', 'recording_status_update']);

/** One connection, or one POST: who calls, with which rights, and what it is told. */
export class Session {
  readonly id: string;
  readonly transport: 'websocket' | 'http';
  readonly remoteAddress: string;
  readonly host: string;
  readonly origin: string | undefined;
  readonly budget: Budget;
  readonly outbox: Outbox | undefined;
  /** Absent for POST. */
  readonly feed: Feed | undefined;
  readonly connectedAt: number;
  /** Epoch milliseconds of the last call; undefined before the first. */
  lastCallAt: number | undefined;
  failedLogins = 0;
  readonly #now: () => number;
  readonly #openReads: () => boolean;
  readonly #abort = new AbortController();
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
  #login: Identity | undefined;
  #loginInProgress: Promise<void> | undefined;
  #requestCount = 0;
  #endsAfterReply = false;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.transport = options.transport;
    this.remoteAddress = options.remoteAddress;
    this.host = options.host;
    this.origin = options.origin;
    this.budget = options.budget;
    this.outbox = options.outbox;
    this.signal = options.signal ?? this.#abort.signal;
    this.#now = options.now;
    this.#openReads = options.openReads;
    this.#login = options.identity;
    this.connectedAt = options.now();
    if (options.outbox) {
      this.feed = new Feed({
        outbox: options.outbox,
        events: options.events,
        log: options.log,
        mayHear: (device) => this.#mayHear(device),
        visible: (payload) => hideForeign(payload, this.identity),
        isToldByDefault: (state) => this.identity !== undefined && statesToldByDefault.has(state),
      });
    }
  }

  /** Who is logged in now; rights end at the moment of expiry. */
  get identity(): Identity | undefined {
    return this.hasExpired ? undefined : this.#login;
  }

  get hasExpired(): boolean {
    return this.#login !== undefined && isExpired(this.#login, this.#now());
  }

  /** Settled when the login that is being checked is decided; calls that come meanwhile wait for it. */
  get loginInProgress(): Promise<void> | undefined {
    return this.#loginInProgress;
  }

  login(identity: Identity): void {
    this.#login = identity;
    this.failedLogins = 0;
  }

  /** The socket stays and has no rights any more. */
  logout(): void {
    this.#login = undefined;
  }

  /** Takes the rights as they are now; where what they stand on has ended, the socket is closed. */
  recheck(credentials: Pick<Credentials, 'current'>): void {
    if (this.#login === undefined) return;
    this.#login = credentials.current(this.#login);
    if (this.#login === undefined) this.end();
  }

  /** Takes the rights and closes the socket; where it is the session's own call that does so, after its reply. */
  end(): void {
    this.#login = undefined;
    if (currentExchange.getStore()?.session === this) this.#endsAfterReply = true;
    else this.outbox?.close(identityEnded, 'the login was ended');
  }

  /** The reply to one message is out. */
  replied(): void {
    this.feed?.release();
    if (this.#endsAfterReply) this.outbox?.close(identityEnded, 'the login was ended');
  }

  /** Lets later calls of this session wait for the reply to a login. */
  waitForLogin(reply: Promise<unknown>): void {
    const decided: Promise<void> = reply.then(() => {
      if (this.#loginInProgress === decided) this.#loginInProgress = undefined;
    });
    this.#loginInProgress = decided;
  }

  /** Whether the caller may know of the camera (`cameraN`). Without login only `open_reads` gets this far: all. */
  mayView(device: string): boolean {
    const { identity } = this;
    return identity === undefined || mayView(identity, device);
  }

  nextRequestId(): string {
    return `${this.id}-${++this.#requestCount}`;
  }

  /** The caller is gone. */
  dispose(): void {
    this.#abort.abort();
    this.outbox?.dispose();
    this.feed?.dispose();
  }

  #mayHear(device: string | undefined): boolean {
    const { identity } = this;
    if (identity === undefined) return this.#openReads();
    return device === undefined || mayView(identity, device);
  }
}

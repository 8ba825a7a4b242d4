import type { subprotocol as subprotocolName } from '@mediamtx-camera-service/protocol';
import { Backoff, type BackoffOptions } from './backoff.ts';
import { RpcCallError } from './errors.ts';
import { Listeners } from './listeners.ts';

// A copy checked by its type: importing the value would pull the schemas, and zod with them, into the page.
const subprotocol: typeof subprotocolName = 'camera-service.v1';

/** The part of a WebSocket that is used; the browser's class and that of `ws` both have it. */
export interface WebSocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: never) => void): void;
}

export type WebSocketFactory = new (url: string, protocols: string[]) => WebSocketLike;

export type ConnectionState =
  | { status: 'connecting' }
  | { status: 'open' }
  /** The socket closed; the next try begins in `retryInMs`. */
  | { status: 'waiting'; retryInMs: number; reason: string }
  /** It ended for good: by `stop()`, or because the identity was ended or refused. */
  | { status: 'closed'; reason: string; error?: Error };

export interface ConnectionOptions {
  url: string;
  /** Default: the global WebSocket; on Node 20 pass the class of `ws`. */
  webSocket?: WebSocketFactory | undefined;
  backoff?: BackoffOptions | undefined;
}

interface ConnectionHandlers {
  /** Runs on every new socket before the state becomes `open`; closed for good where the login is refused. */
  onOpen(): Promise<void>;
  onMessage(text: string): void;
  /** The socket is gone, whether or not another follows. */
  onDrop(reason: string): void;
}

/** The server ended the identity of this socket; trying again would only be refused. */
const identityEndedCode = 4401;
const openState = 1;

/** One socket at a time, made again with growing waits until it is stopped. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #handlers: ConnectionHandlers;
  readonly #backoff: Backoff;
  readonly #listeners = new Listeners<ConnectionState>();
  #state: ConnectionState = { status: 'closed', reason: 'not started' };
  #socket: WebSocketLike | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#backoff = new Backoff(options.backoff ?? { firstMs: 500, maxMs: 5_000 });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Is told every change of the state. @returns takes the listener away */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#listeners.add(listener);
  }

  connect(): void {
    if (this.#socket !== undefined) return;
    clearTimeout(this.#retryTimer);
    this.#setState({ status: 'connecting' });
    const factory = this.#options.webSocket ?? (globalThis.WebSocket as WebSocketFactory | undefined);
    if (factory === undefined) {
      return this.#close(
        'no WebSocket here',
        new Error('this runtime has no WebSocket: pass the option webSocket'),
      );
    }
    this.#attach(new factory(this.#options.url, [subprotocol]));
  }

  /** Ends a wait early: the network is back, the page is looked at again. */
  retryNow(): void {
    if (this.#state.status === 'waiting') this.connect();
  }

  /** Gives up a socket that is open but dead, and makes another. */
  drop(reason: string): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    socket.close();
    this.#lose(socket, reason);
  }

  /** @returns whether it was sent */
  send(text: string): boolean {
    if (this.#socket?.readyState !== openState) return false;
    this.#socket.send(text);
    return true;
  }

  close(reason: string, error?: Error): void {
    if (this.#state.status === 'closed') return;
    this.#close(reason, error);
  }

  #attach(socket: WebSocketLike): void {
    this.#socket = socket;
    const isCurrent = (): boolean => this.#socket === socket;
    socket.addEventListener('open', () => {
      if (isCurrent()) void this.#opened(socket);
    });
    socket.addEventListener('message', (event: { data: unknown }) => {
      if (isCurrent() && typeof event.data === 'string') this.#handlers.onMessage(event.data);
    });
    socket.addEventListener('close', (event: { code: number; reason: string }) => {
      if (!isCurrent()) return;
      if (event.code === identityEndedCode) this.#close(event.reason || 'the login was ended');
      else this.#lose(socket, event.reason || `socket closed (${event.code})`);
    });
    // `close` always follows and carries what there is to say; without a listener `ws` would throw.
    socket.addEventListener('error', () => undefined);
  }

  async #opened(socket: WebSocketLike): Promise<void> {
    try {
      await this.#handlers.onOpen();
    } catch (error) {
      if (this.#socket !== socket) return;
      if (isRefusal(error)) this.#close('refused by the service', error);
      else this.drop(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.#socket !== socket) return;
    this.#backoff.reset();
    this.#setState({ status: 'open' });
  }

  #lose(socket: WebSocketLike, reason: string): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    const retryInMs = this.#backoff.next();
    this.#retryTimer = setTimeout(() => this.connect(), retryInMs);
    this.#setState({ status: 'waiting', retryInMs, reason });
    this.#handlers.onDrop(reason);
  }

  #close(reason: string, error?: Error): void {
    clearTimeout(this.#retryTimer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close(1000);
    this.#setState({ status: 'closed', reason, ...(error && { error }) });
    this.#handlers.onDrop(reason);
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.#listeners.emit(state);
  }
}

function isRefusal(error: unknown): error is RpcCallError {
  return (
    error instanceof RpcCallError &&
    ['authentication_failed', 'permission_denied'].includes(error.errorName ?? '')
  );
}

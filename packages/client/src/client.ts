import type {
  MethodName,
  NotificationName,
  NotificationParams,
  ParamsInput,
  Result,
} from '@mediamtx-camera-service/protocol';
import { Connection, type ConnectionOptions, type ConnectionState } from './connection.ts';
import { NotConnectedError } from './errors.ts';
import { Requests, type CallOptions, type ReplyMessage } from './requests.ts';
import { Subscriptions, type SubscribeOptions, type Subscription, type Topic } from './subscriptions.ts';

export interface ClientOptions extends ConnectionOptions {
  /** A JWT or an API key, presented on every new socket; absent where a cookie on the upgrade does it. */
  token?: string | (() => string | Promise<string>) | undefined;
  /** A socket on which nothing arrived for so long is probed; default 20,000. */
  heartbeatMs?: number | undefined;
}

/** Params may be left out where all of them are optional. */
export type CallArguments<M extends MethodName> =
  Record<string, never> extends ParamsInput<M>
    ? [params?: ParamsInput<M>, options?: CallOptions]
    : [params: ParamsInput<M>, options?: CallOptions];

type Message = ReplyMessage | { method: NotificationName; params: NotificationParams<NotificationName> };

const defaultHeartbeatMs = 20_000;
const probeTimeoutMs = 5_000;

/** The service's API over one WebSocket that comes back by itself. */
export class CameraServiceClient {
  readonly #options: ClientOptions;
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #subscriptions: Subscriptions;
  #server: NotificationParams<'hello'> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #heardAt = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#connection = new Connection(options, {
      onOpen: () => this.#prepare(),
      onMessage: (text) => this.#handle(text),
      onDrop: (reason) => this.#requests.failAll(reason),
    });
    this.#requests = new Requests((text) => this.#connection.send(text));
    this.#subscriptions = new Subscriptions({
      subscribe: (params) => this.call('subscribe_events', params),
      unsubscribe: (topics) => this.call('unsubscribe_events', { topics }),
    });
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** What the server said of itself; undefined before its greeting. */
  get server(): NotificationParams<'hello'> | undefined {
    return this.#server;
  }

  /** The newest event number that arrived; a later client continues from it with `afterSeq`. */
  get lastSeq(): number | undefined {
    return this.#subscriptions.lastSeq;
  }

  /**
   * Connects, and keeps connected until `stop()`. Resolves when the first socket is ready; rejects when the service
   * refuses the token, on `stop()` and on an abort, but not while the service is merely unreachable.
   */
  async start(signal?: AbortSignal): Promise<void> {
    const started = new Promise<void>((resolve, reject) => {
      const abort = (): void => this.#connection.close('start was given up');
      const forget = this.onState((state) => {
        if (state.status !== 'open' && state.status !== 'closed') return;
        forget();
        signal?.removeEventListener('abort', abort);
        if (state.status === 'open') resolve();
        else reject(state.error ?? signal?.reason ?? new NotConnectedError(state.reason));
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
    this.#connection.connect();
    if (signal?.aborted) this.#connection.close('start was given up');
    const { heartbeatMs = defaultHeartbeatMs } = this.#options;
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      if (Date.now() - this.#heardAt >= heartbeatMs) this.checkConnection();
    }, heartbeatMs);
    await started;
  }

  stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#connection.close('stopped');
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Is told every change of the connection. @returns takes the listener away */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#connection.onState(listener);
  }

  /** After sleep or a change of network: retries at once, and replaces a socket that is open but dead. */
  checkConnection(): void {
    this.#connection.retryNow();
    if (this.state.status !== 'open') return;
    const timeoutMs = Math.min(probeTimeoutMs, this.#options.heartbeatMs ?? defaultHeartbeatMs);
    this.call('ping', {}, { timeoutMs }).catch((error: unknown) => {
      this.#connection.drop(error instanceof Error ? error.message : 'no answer');
    });
  }

  /** Makes a new socket in place of the present one, with the credentials as they are now; calls under way fail. */
  reconnect(): void {
    this.#connection.drop('made anew');
    this.#connection.retryNow();
  }

  /**
   * @throws RpcCallError for an error of the service, CallTimeoutError, NotConnectedError, or the signal's reason.
   */
  async call<M extends MethodName>(method: M, ...[params, options]: CallArguments<M>): Promise<Result<M>> {
    return (await this.#requests.call(method, params ?? {}, options)) as Result<M>;
  }

  /** Hears a notification on this and every later socket. @returns takes the listener away */
  on<N extends NotificationName>(name: N, listener: (params: NotificationParams<N>) => void): () => void {
    return this.#subscriptions.on(name, listener);
  }

  /** Asks for topics, now and after each reconnect without losing an event; hear them with `on`. */
  subscribe(topics: Topic[], options?: SubscribeOptions): Promise<Subscription> {
    return this.#subscriptions.subscribe(topics, options);
  }

  async #prepare(): Promise<void> {
    const { token } = this.#options;
    if (token !== undefined) {
      await this.call('authenticate', { auth_token: typeof token === 'string' ? token : await token() });
    }
    await this.#subscriptions.renew();
  }

  #handle(text: string): void {
    this.#heardAt = Date.now();
    const message = JSON.parse(text) as Message;
    if (!('method' in message)) return this.#requests.handleReply(message);
    if (message.method === 'hello') this.#server = message.params as NotificationParams<'hello'>;
    this.#subscriptions.handle(message.method, message.params);
  }
}

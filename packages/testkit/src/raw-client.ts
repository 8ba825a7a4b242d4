import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

export interface RawReply {
  jsonrpc: '2.0';
  id: string | number | null;
  result?: unknown;
  error?: { code: number; message: string; data: Record<string, unknown> };
}

export interface RawNotification {
  jsonrpc: '2.0';
  method: string;
  params: Record<string, unknown>;
}

export type RawMessage = Partial<RawReply> & Partial<RawNotification>;

export interface RawClientOptions {
  headers?: Record<string, string>;
  subprotocols?: string[];
}

const patienceMs = 40_000;

/** A client of a few lines on a bare socket, so that a test sees the wire as it is. */
export class RawClient implements AsyncDisposable {
  /** Everything that came, in its order; a batch is one entry. */
  readonly messages: (RawMessage | RawMessage[])[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  #id = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('message', (data) => this.messages.push(JSON.parse((data as Buffer).toString()) as RawMessage));
    // A hundred calls at once wait for a hundred replies.
    socket.setMaxListeners(0);
    // A connection that breaks is told by `closed`.
    socket.on('error', () => undefined);
  }

  static async open(url: string, options: RawClientOptions = {}): Promise<RawClient> {
    const socket = connect(url, options);
    const client = new RawClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** The HTTP status with which an upgrade is refused; throws where it is not. */
  static async refusal(url: string, options: RawClientOptions = {}): Promise<number> {
    const socket = connect(url, options);
    socket.on('error', () => undefined);
    return await new Promise((resolve, reject) => {
      socket.once('unexpected-response', (_request, response) => {
        response.resume();
        socket.terminate();
        resolve(response.statusCode ?? 0);
      });
      socket.once('open', () => {
        socket.terminate();
        reject(new Error('the upgrade was not refused'));
      });
    });
  }

  send(message: unknown): void {
    this.socket.send(
      typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message),
    );
  }

  async call(method: string, params?: unknown): Promise<RawReply> {
    const id = `call-${++this.#id}`;
    this.send({ jsonrpc: '2.0', id, method, params });
    return await this.reply(id);
  }

  /** The result; throws where the call is answered with an error. */
  async result<T = Record<string, unknown>>(method: string, params?: unknown): Promise<T> {
    const { result, error } = await this.call(method, params);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result as T;
  }

  async login(token: string): Promise<RawReply> {
    return await this.call('authenticate', { auth_token: token });
  }

  async reply(id: string | number | null): Promise<RawReply> {
    const isReply = (message: RawMessage | RawMessage[]) =>
      !Array.isArray(message) && message.id === id && !message.method;
    return await this.#until(() => this.messages.find(isReply) as RawReply | undefined, `the reply to ${id}`);
  }

  /** Sends it and gives the next message that comes. */
  async answer(message: unknown): Promise<RawMessage | RawMessage[]> {
    const { length } = this.messages;
    this.send(message);
    return await this.#until(() => this.messages[length], 'an answer');
  }

  notifications(method: string): RawNotification[] {
    return this.messages.flatMap((message) =>
      !Array.isArray(message) && message.method === method ? [message as RawNotification] : [],
    );
  }

  /** The first notification that fits, also one that has come already. */
  async notified(
    method: string,
    fits: (params: Record<string, unknown>) => boolean,
  ): Promise<Record<string, unknown>> {
    return await this.#until(
      () => this.notifications(method).find(({ params }) => fits(params))?.params,
      method,
    );
  }

  /** Waits until what has come makes it true. */
  async until(condition: () => boolean, what = condition.toString()): Promise<void> {
    await this.#until(() => condition() || undefined, what);
  }

  async #until<T>(find: () => T | undefined, what: string): Promise<T> {
    const signal = AbortSignal.timeout(patienceMs);
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      try {
        await once(this.socket, 'message', { signal });
      } catch (cause) {
        throw new Error(`waited in vain for ${what}; last: ${JSON.stringify(this.messages.slice(-3))}`, {
          cause,
        });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}

function connect(url: string, { headers = {}, subprotocols = [] }: RawClientOptions): WebSocket {
  const options: ClientOptions = { headers, maxPayload: 64 * 1024 * 1024 };
  return new WebSocket(url, subprotocols, options);
}

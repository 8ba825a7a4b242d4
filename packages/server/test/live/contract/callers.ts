import { once } from 'node:events';
import type { Service } from '@mediamtx-camera-service/testkit';
import { WebSocket } from 'ws';

export const transports = ['WebSocket', 'POST'] as const;
export type Transport = (typeof transports)[number];

export interface Reply {
  jsonrpc: string;
  id: unknown;
  result?: unknown;
  error?: { code: number; message: string; data: Record<string, unknown> };
}

/** Somebody who calls, by one of the two ways in. */
export interface Caller extends AsyncDisposable {
  call(method: string, params?: unknown): Promise<Reply>;
}

export interface Credential {
  authorization?: string;
  'x-api-key'?: string;
  cookie?: string;
}

export async function openCaller(
  service: Service,
  transport: Transport,
  headers: Credential = {},
): Promise<Caller> {
  return transport === 'POST' ? new PostCaller(service, headers) : await SocketCaller.open(service, headers);
}

/** A bare socket; calls are sent at once, however many wait. */
export class SocketCaller implements Caller {
  /** What came without having been asked for. */
  readonly notifications: { method: string; params: Record<string, unknown> }[] = [];
  readonly socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Reply>>();
  #id = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.#take(JSON.parse((data as Buffer).toString()) as Reply));
    socket.on('close', (code) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`the socket was closed with ${code}`));
    });
  }

  static async open(service: Service, headers: Credential = {}): Promise<SocketCaller> {
    const socket = new WebSocket(service.ready.ws_url, { headers: { ...headers } });
    const caller = new SocketCaller(socket);
    await once(socket, 'open');
    return caller;
  }

  call(method: string, params?: unknown): Promise<Reply> {
    const id = ++this.#id;
    const reply = withResolvers<Reply>();
    this.#waiting.set(id, reply);
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return reply.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, 'close');
    this.socket.terminate();
    await closed;
  }

  #take(message: Reply): void {
    if ('method' in message) {
      this.notifications.push(message as unknown as (typeof this.notifications)[number]);
      return;
    }
    this.#waiting.get(message.id as number)?.resolve(message);
    this.#waiting.delete(message.id as number);
  }
}

class PostCaller implements Caller {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  #id = 0;

  constructor(service: Service, headers: Credential) {
    this.#url = `${service.httpUrl}/rpc`;
    this.#headers = { 'content-type': 'application/json', ...headers };
  }

  async call(method: string, params?: unknown): Promise<Reply> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: ++this.#id, method, params });
    const response = await fetch(this.#url, { method: 'POST', headers: this.#headers, body });
    if (response.status !== 200) throw new Error(`POST /rpc: ${response.status} ${await response.text()}`);
    return (await response.json()) as Reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

interface PromiseWithResolvers<T> {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: Error) => void;
}

// Promise.withResolvers is missing in Node 20.
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

import { until } from '@mediamtx-camera-service/testkit';
import { expect } from 'vitest';
import type { WebSocket } from 'ws';

export interface Params {
  [name: string]: unknown;
}
interface Reply {
  jsonrpc: string;
  id: number;
  result?: unknown;
  error?: unknown;
}

/** A client as its author would write it from the API's description: JSON over a bare WebSocket, nothing of ours. */
export class ContractClient {
  readonly told: { method: string; params: Params }[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #id = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as Reply | { method: string; params: Params };
      if ('method' in message) this.told.push(message);
      else this.#waiting.get(message.id)?.(message);
    });
  }

  async call<T>(method: string, params: Params = {}): Promise<T> {
    const id = ++this.#id;
    const reply = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    const { jsonrpc, id: echoed, result, error } = await reply;
    expect({ jsonrpc, echoed, error }).toEqual({ jsonrpc: '2.0', echoed: id, error: undefined });
    return result as T;
  }

  async notified(method: string, fits: (params: Params) => boolean): Promise<Params> {
    const find = () => this.told.find((message) => message.method === method && fits(message.params))?.params;
    return await until(find, { what: method, timeoutMs: 40_000 });
  }
}

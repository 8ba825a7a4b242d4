import type { RpcError } from '@mediamtx-camera-service/protocol';
import { CallTimeoutError, NotConnectedError, RpcCallError } from './errors.ts';

export interface CallOptions {
  /** An abort rejects the call here; the service still carries it out. */
  signal?: AbortSignal | undefined;
  /** Default 30,000; 0 waits for ever. */
  timeoutMs?: number | undefined;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

export interface ReplyMessage {
  id: number;
  result?: unknown;
  error?: RpcError;
}

const defaultTimeoutMs = 30_000;

/** Requests under way, by their id. */
export class Requests {
  readonly #send: (text: string) => boolean;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor(send: (text: string) => boolean) {
    this.#send = send;
  }

  call(
    method: string,
    params: unknown,
    { signal, timeoutMs = defaultTimeoutMs }: CallOptions = {},
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const id = ++this.#lastId;
      if (!this.#send(JSON.stringify({ jsonrpc: '2.0', id, method, params })))
        return reject(new NotConnectedError());
      const abort = (): void => this.#settle(id)?.reject(signal?.reason);
      const timer =
        timeoutMs > 0
          ? setTimeout(() => this.#settle(id)?.reject(new CallTimeoutError(method, timeoutMs)), timeoutMs)
          : undefined;
      const release = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#pending.set(id, {
        resolve: (result) => (release(), resolve(result)),
        reject: (error) => (release(), reject(error)),
      });
    });
  }

  /** A reply to a call that was given up meanwhile is passed over. */
  handleReply(reply: ReplyMessage): void {
    const pending = this.#settle(reply.id);
    if (reply.error) pending?.reject(new RpcCallError(reply.error));
    else pending?.resolve(reply.result);
  }

  failAll(reason: string): void {
    for (const id of this.#pending.keys()) this.#settle(id)?.reject(new NotConnectedError(reason));
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}

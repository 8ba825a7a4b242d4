import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export interface Request {
  id: number;
  method: string;
  params: Record<string, unknown>;
}

type Answer = (request: Request, socket: WebSocket) => unknown;

/** A WebSocket server whose answers the test decides; an `Error` with a code becomes an error reply, undefined none. */
export class RpcServer {
  readonly #server: WebSocketServer;
  readonly requests: Request[] = [];
  readonly upgrades: { protocol: string }[] = [];

  private constructor(server: WebSocketServer, answer: Answer) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.upgrades.push({ protocol: socket.protocol });
      socket.on('message', (data: Buffer) => {
        const request = JSON.parse(data.toString()) as Request;
        this.requests.push(request);
        const reply = answer(request, socket);
        if (reply === undefined) return;
        const body = reply instanceof RpcFailure ? { error: reply.error } : { result: reply };
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: request.id, ...body }));
      });
    });
  }

  static async start(answer: Answer, port = 0): Promise<RpcServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port });
    const built = new RpcServer(server, answer);
    await once(server, 'listening');
    return built;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  get sockets(): Set<WebSocket> {
    return this.#server.clients;
  }

  notify(method: string, params: unknown): void {
    for (const socket of this.sockets) socket.send(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export class RpcFailure {
  readonly error: { code: number; message: string; data?: unknown };

  constructor(code: number, message: string, data?: unknown) {
    this.error = { code, message, ...(data !== undefined && { data }) };
  }
}

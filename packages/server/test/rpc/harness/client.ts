import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface AnyReply {
  jsonrpc: '2.0';
  id: string | number | null;
  result?: unknown;
  error?: { code: number; message: string; data: Record<string, unknown> };
  metadata?: Record<string, unknown>;
}

export interface AnyNotification {
  jsonrpc: '2.0';
  method: string;
  params: Record<string, unknown>;
}

type Message = Partial<AnyReply> & Partial<AnyNotification>;

/** A client of a few lines, so that tests see the wire as it is. */
export class WireClient {
  /** Every message so far, in the order of arrival, as text. */
  readonly texts: string[] = [];
  readonly messages: Message[] = [];
  /** Numbers of the events so far; a gap as `from-to`. */
  readonly eventNumbers: (number | string)[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  #id = 0;
  #changed: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = once(socket, 'close').then(([code, reason]) => ({
      code: Number(code),
      reason: String(reason),
    }));
    socket.on('message', (data) => {
      this.#take((data as Buffer).toString());
      for (const wake of this.#changed.splice(0)) wake();
    });
  }

  static async connect(port: number, subprotocols: string[] = []): Promise<WireClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, subprotocols);
    const client = new WireClient(socket);
    await once(socket, 'open');
    return client;
  }

  notifications(method?: string): AnyNotification[] {
    return this.messages.filter(
      (message): message is AnyNotification =>
        message.method !== undefined && (method ?? message.method) === message.method,
    );
  }

  send(text: string): void {
    this.socket.send(text);
  }

  async call(method: string, params?: unknown): Promise<AnyReply> {
    const id = ++this.#id;
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return await this.reply(id);
  }

  async reply(id: string | number | null): Promise<AnyReply> {
    const isReply = (message: Message) => message.id === id && message.method === undefined;
    await this.until(() => this.messages.some(isReply));
    return this.messages.find(isReply) as AnyReply;
  }

  /** Waits until messages that have come make it true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  /** Waits until everything that the server sent before is here. */
  async settle(): Promise<void> {
    await this.call('ping');
  }

  #take(text: string): void {
    const message = JSON.parse(text) as Message;
    this.texts.push(text);
    this.messages.push(message);
    if (message.method !== 'event') return;
    const gap = message.params!['gap'] as { from: number; to: number } | undefined;
    this.eventNumbers.push(gap ? `${gap.from}-${gap.to}` : Number(message.params!['seq']));
  }
}

/** What the outbox needs of a WebSocket. */
export interface RpcSocket {
  send(text: string): void;
  /** Bytes that `send` took and the peer has not yet read. */
  readonly bufferedAmount: number;
  close(code: number, reason: string): void;
  readonly isOpen: boolean;
}

export interface OutboxLimits {
  /** Unsent bytes from which on notifications wait. */
  congestedBytes: number;
  /** Unsent bytes at which the socket is closed instead of taking one more reply. */
  maxReplyBytes: number;
  maxEvents: number;
  /** How often a congested socket is looked at. */
  pollMs: number;
}

export const defaultOutboxLimits: OutboxLimits = {
  congestedBytes: 256 * 1024,
  maxReplyBytes: 16 * 1024 * 1024,
  maxEvents: 1_000,
  pollMs: 20,
};

/** Notifications of all peers: sent, and fallen out of the queue of a slow one. */
export interface NotificationTally {
  sent: number;
  dropped: number;
}

/** The close code for a peer that doesn't read: the policy forbids to keep more for it. */
const policyViolation = 1008;

/**
 * One peer's way out. Three classes: replies are always kept; states wait by key while the peer is slow, the newest
 * replaces its elder; events wait in a queue with a cap, and what fell out at its front is told as a gap. So a slow
 * peer costs bounded memory and never slows another. A peer that reads costs a comparison.
 */
export class Outbox {
  readonly #socket: RpcSocket;
  readonly #limits: OutboxLimits;
  readonly #tally: NotificationTally;
  readonly #states = new Map<string, string>();
  #events: { seq: number; text: string }[] = [];
  #gap: { from: number; to: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #drained: (() => void)[] = [];
  #isClosed = false;

  constructor(
    socket: RpcSocket,
    limits: Partial<OutboxLimits> = {},
    tally: NotificationTally = { sent: 0, dropped: 0 },
  ) {
    this.#socket = socket;
    this.#tally = tally;
    this.#limits = { ...defaultOutboxLimits, ...limits };
  }

  get isClosed(): boolean {
    return this.#isClosed || !this.#socket.isOpen;
  }

  get isCongested(): boolean {
    return this.#timer !== undefined || this.#socket.bufferedAmount > this.#limits.congestedBytes;
  }

  sendReply(text: string): void {
    if (this.isClosed) return;
    if (this.#socket.bufferedAmount > this.#limits.maxReplyBytes) {
      this.close(policyViolation, 'too slow: too many replies are unread');
      return;
    }
    this.#socket.send(text);
  }

  /** `key`: what the state is of; of one key only the newest waits. */
  sendState(key: string, text: string): void {
    if (this.isClosed) return;
    if (!this.isCongested) return this.#send(text);
    this.#states.delete(key);
    this.#states.set(key, text);
    this.#waitForRoom();
  }

  sendEvent(seq: number, text: string): void {
    if (this.isClosed) return;
    if (!this.isCongested) return this.#send(text);
    this.#events.push({ seq, text });
    if (this.#events.length > this.#limits.maxEvents) this.#dropOldest();
    this.#waitForRoom();
  }

  /** Resolves when notifications are sent at once again, or the socket is gone. */
  async whenDrained(): Promise<void> {
    if (!this.isCongested || this.isClosed) return;
    this.#waitForRoom();
    await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  close(code: number, reason: string): void {
    const wasOpen = !this.isClosed;
    this.dispose();
    if (wasOpen) this.#socket.close(code, reason);
  }

  /** Forgets what waits; nothing is sent any more. */
  dispose(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#states.clear();
    this.#events = [];
    this.#gap = undefined;
    this.#tellDrained();
  }

  #dropOldest(): void {
    const dropped = this.#events.shift()!;
    this.#tally.dropped += 1;
    this.#gap = { from: this.#gap?.from ?? dropped.seq, to: dropped.seq };
  }

  #waitForRoom(): void {
    // Sockets of browsers and Node alike tell no end of congestion, so it is looked for while it lasts.
    this.#timer ??= setInterval(() => this.#sendWaiting(), this.#limits.pollMs).unref();
  }

  #sendWaiting(): void {
    if (this.isClosed) return this.dispose();
    while (this.#socket.bufferedAmount <= this.#limits.congestedBytes) {
      const text = this.#takeNext();
      if (text === undefined) {
        clearInterval(this.#timer);
        this.#timer = undefined;
        return this.#tellDrained();
      }
      this.#send(text);
    }
  }

  #send(text: string): void {
    this.#tally.sent += 1;
    this.#socket.send(text);
  }

  #takeNext(): string | undefined {
    for (const [key, text] of this.#states) {
      this.#states.delete(key);
      return text;
    }
    if (this.#gap) {
      const text = gapNotification(this.#gap.from, this.#gap.to);
      this.#gap = undefined;
      return text;
    }
    return this.#events.shift()?.text;
  }

  #tellDrained(): void {
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }
}

export function notificationText(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}

/** Events that can't be told any more, both ends included. */
export function gapNotification(from: number, to: number): string {
  return notificationText('event', { gap: { from, to } });
}

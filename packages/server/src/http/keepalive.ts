import type { WebSocket } from 'ws';

export interface KeepaliveTimes {
  pingMs: number;
  /** A peer that sent nothing for so long, no pong either, is gone. */
  silentMs: number;
}

export const defaultKeepaliveTimes: KeepaliveTimes = { pingMs: 30_000, silentMs: 75_000 };

interface Peer {
  heardAt: number;
  pingedAt: number;
}

/**
 * Pings every peer and ends those that are silent: one timer for all sockets, since a thousand timers cost more than
 * the sockets themselves. Each peer keeps the phase of its own connect, so that pings don't come in bursts.
 */
export class Keepalive {
  readonly #times: KeepaliveTimes;
  readonly #peers = new Map<WebSocket, Peer>();
  #timer: NodeJS.Timeout | undefined;

  constructor(times: KeepaliveTimes = defaultKeepaliveTimes) {
    this.#times = times;
  }

  add(socket: WebSocket): void {
    const now = performance.now();
    const peer: Peer = { heardAt: now, pingedAt: now };
    this.#peers.set(socket, peer);
    const heard = (): void => {
      peer.heardAt = performance.now();
    };
    socket.on('message', heard).on('pong', heard).on('ping', heard);
    socket.once('close', () => this.#peers.delete(socket));
    this.#timer ??= setInterval(() => this.#check(), this.#times.pingMs / 6).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#peers.clear();
  }

  #check(): void {
    const now = performance.now();
    for (const [socket, peer] of this.#peers) {
      if (now - peer.heardAt >= this.#times.silentMs) socket.terminate();
      else if (now - peer.pingedAt >= this.#times.pingMs && socket.readyState === socket.OPEN) {
        peer.pingedAt = now;
        socket.ping();
      }
    }
  }
}

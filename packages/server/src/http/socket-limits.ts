import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Logger } from '../log.ts';
import { addressKey } from '../rpc/client-address.ts';

export interface SocketLimitsDeps {
  /** Sockets of one address; asked each time, so that a change counts at once. */
  perAddress: () => number;
  /** Sockets of all addresses together. */
  total: number;
  /** Addresses that speak for many clients. */
  isProxy?: (address: string) => boolean;
  log: Logger;
}

// Database, recordings, pipes of programs, taps and sockets to MediaMTX.
const ownFiles = 1_024;
const tellEveryMs = 60_000;
// What POSIX grants at least on systems whose limit can't be read.
const fallbackLimit = 1_024;

/** How many sockets may be open: a request may need a second descriptor (a file, MediaMTX), and the service its own. */
export function totalSockets(openFiles: number = openFileLimit()): number {
  return Math.max(16, Math.floor((openFiles - Math.min(ownFiles, openFiles / 4)) / 2));
}

/** The number of files that this process may have open (`ulimit -n`). */
export function openFileLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === 'unlimited' ? 1_048_576 : Number(soft ?? fallbackLimit);
  } catch {
    // No Linux: the least that any system grants.
    return fallbackLimit;
  }
}

/** Counts sockets from the moment they are accepted, before a byte of them is read. */
export class SocketLimits {
  readonly #deps: SocketLimitsDeps;
  readonly #perAddress = new Map<string, number>();
  #count = 0;
  #refused = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(deps: SocketLimitsDeps) {
    this.#deps = deps;
  }

  get count(): number {
    return this.#count;
  }

  /** Counts the socket until it closes; false, with the socket closed, where there are too many. */
  admit(socket: Socket): boolean {
    const { remoteAddress } = socket;
    // It is gone already.
    if (remoteAddress === undefined) return this.#refuse(socket);
    const key = addressKey(remoteAddress);
    const ofAddress = this.#perAddress.get(key) ?? 0;
    const isOver = ofAddress >= this.#deps.perAddress() && !this.#deps.isProxy?.(remoteAddress);
    if (isOver || this.#count >= this.#deps.total) {
      this.#tell(key, ofAddress);
      return this.#refuse(socket);
    }
    this.#count += 1;
    this.#perAddress.set(key, ofAddress + 1);
    socket.once('close', () => this.#forget(key));
    return true;
  }

  #refuse(socket: Socket): false {
    // A reset: the kernel then keeps nothing of it.
    socket.resetAndDestroy();
    return false;
  }

  #forget(key: string): void {
    this.#count -= 1;
    const left = this.#perAddress.get(key)! - 1;
    if (left > 0) this.#perAddress.set(key, left);
    else this.#perAddress.delete(key);
  }

  /** A flood must not become one of log lines. */
  #tell(address: string, ofAddress: number): void {
    this.#refused += 1;
    const now = performance.now();
    if (now - this.#toldAt < tellEveryMs) return;
    this.#deps.log.warn(
      { address, open: ofAddress, open_in_all: this.#count, refused: this.#refused },
      'connections beyond the limit are closed',
    );
    this.#toldAt = now;
    this.#refused = 0;
  }
}

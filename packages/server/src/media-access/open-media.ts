import { isExpired, mayView, type Identity } from '../auth/identity.ts';
import type { Credentials } from '../auth/credentials.ts';

export type MediaTransport = 'webrtc' | 'rtsp' | 'http';

export interface NewMedia {
  /** As `list` tells it and `end` takes it; absent for what is not listed. */
  id?: string;
  transport: MediaTransport;
  /** Whose right it stands on; undefined: on `security.open_reads`. */
  identity: Identity | undefined;
  /** `cameraN`, or a stream of create_stream. */
  device: string;
  remoteAddress: string;
  /** Cuts it off. Called once at most, and not after it was taken away. */
  end: () => void;
}

interface Entry extends NewMedia {
  id: string;
  openedAt: number;
}

export interface ListedMedia {
  id: string;
  transport: 'webrtc' | 'rtsp';
  identity: Identity;
  device: string;
  remoteAddress: string;
  /** Epoch milliseconds. */
  openedAt: number;
}

export interface OpenMediaDeps {
  credentials: Pick<Credentials, 'current' | 'onChange'>;
  /** Asked each time, as it can be changed. */
  openReads?: () => boolean;
  now?: () => number;
}

// Rights end within a second; of a mere expiry nobody tells.
const expiryLookMs = 500;

/**
 * The media that are open now, each with the right that it stands on: it ends when the right does. Changes of rights
 * are told by the credentials; what only expires is looked for.
 */
export class OpenMedia {
  readonly #deps: OpenMediaDeps;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: (() => void) | undefined;

  constructor(deps: OpenMediaDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  start(): void {
    this.#unlisten ??= this.#deps.credentials.onChange(() => this.recheck());
    this.#timer ??= setInterval(() => this.endExpired(), expiryLookMs).unref();
  }

  stop(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** What has no right by now is ended at once. @returns takes it away, when it is over */
  add(media: NewMedia): () => void {
    const id = media.id ?? `${media.transport}-${++this.#count}`;
    const entry: Entry = { ...media, id, openedAt: this.#now() };
    this.#entries.set(id, entry);
    this.#check(entry);
    return () => {
      if (this.#entries.get(id) === entry) this.#entries.delete(id);
    };
  }

  /** Watched sessions; HTTP responses are short, and under `security.open_reads` there is nobody to name. */
  list(): ListedMedia[] {
    return [...this.#entries.values()].flatMap(
      ({ id, transport, identity, device, remoteAddress, openedAt }) =>
        transport === 'http' || identity === undefined
          ? []
          : [{ id, transport, identity, device, remoteAddress, openedAt }],
    );
  }

  /** False where there is none of this id. */
  end(id: string): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    this.#entries.delete(id);
    entry.end();
    return true;
  }

  /** Rights have changed: what has lost its own ends. */
  recheck(): void {
    for (const entry of this.#entries.values()) this.#check(entry);
  }

  /** What has expired, or stands on `security.open_reads` that was turned off. */
  endExpired(): void {
    const now = this.#now();
    for (const { id, identity } of this.#entries.values()) {
      if (identity ? isExpired(identity, now) : !this.#isOpenToAll()) this.end(id);
    }
  }

  #check(entry: Entry): void {
    if (!entry.identity) {
      if (!this.#isOpenToAll()) this.end(entry.id);
      return;
    }
    const identity = this.#deps.credentials.current(entry.identity);
    if (identity && !isExpired(identity, this.#now()) && mayView(identity, entry.device))
      entry.identity = identity;
    else this.end(entry.id);
  }

  #isOpenToAll(): boolean {
    return this.#deps.openReads?.() ?? false;
  }
}

import type { Result } from '@mediamtx-camera-service/protocol';
import type { Credentials } from '../auth/credentials.ts';
import type { Session } from './session.ts';

export interface ConnectionLimits {
  maxConnections: number;
  maxConnectionsPerAddress: number;
}

/** The sessions that are connected now; POST calls are not among them. */
export class Sessions {
  readonly #limits: ConnectionLimits;
  readonly #sessions = new Set<Session>();
  readonly #posts = new Set<Session>();
  readonly #perAddress = new Map<string, number>();
  #isClosing = false;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#sessions.size;
  }

  [Symbol.iterator](): IterableIterator<Session> {
    return this.#sessions.values();
  }

  /** True, or why one more connection of this address is refused. */
  mayAccept(remoteAddress: string): true | string {
    if (this.#isClosing) return 'the service shuts down';
    if (this.#sessions.size >= this.#limits.maxConnections) {
      return `there are ${this.#sessions.size} connections already (server.max_connections)`;
    }
    const ofAddress = this.#perAddress.get(remoteAddress) ?? 0;
    if (ofAddress < this.#limits.maxConnectionsPerAddress) return true;
    return `${remoteAddress} has ${ofAddress} connections already (server.max_connections_per_address)`;
  }

  add(session: Session): void {
    this.#sessions.add(session);
    this.#count(session.remoteAddress, 1);
  }

  remove(session: Session): void {
    if (this.#sessions.delete(session)) this.#count(session.remoteAddress, -1);
  }

  find(id: string): Session | undefined {
    for (const session of this.#sessions) if (session.id === id) return session;
    return undefined;
  }

  /** Users, keys or logins have changed: every session takes its rights anew, or ends. */
  recheck(credentials: Pick<Credentials, 'current'>): void {
    for (const session of this.#sessions) session.recheck(credentials);
    for (const session of this.#posts) session.recheck(credentials);
  }

  /** A POST is no connection, but its rights change too while it is answered. @returns takes it away */
  addPost(session: Session): () => void {
    this.#posts.add(session);
    return () => void this.#posts.delete(session);
  }

  /** From now on nobody is let in. */
  refuseNew(): void {
    this.#isClosing = true;
  }

  subscriptionStats(of: Session): Result<'get_subscription_stats'> {
    const topicCounts: Record<string, number> = {};
    let total = 0;
    let active = 0;
    for (const { feed } of this.#sessions) {
      const topics = feed?.subscriptions.topics ?? [];
      if (topics.length > 0) active += 1;
      total += topics.length;
      for (const topic of topics) topicCounts[topic] = (topicCounts[topic] ?? 0) + 1;
    }
    return {
      global_stats: { total_subscriptions: total, active_clients: active, topic_counts: topicCounts },
      client_topics: of.feed?.subscriptions.topics ?? [],
      client_id: of.id,
    };
  }

  #count(remoteAddress: string, change: 1 | -1): void {
    const count = (this.#perAddress.get(remoteAddress) ?? 0) + change;
    if (count > 0) this.#perAddress.set(remoteAddress, count);
    else this.#perAddress.delete(remoteAddress);
  }
}

import type {
  EventParams,
  NotificationName,
  NotificationParams,
  ParamsInput,
  Result,
} from '@mediamtx-camera-service/protocol';
import { Listeners } from './listeners.ts';

export type Topic = ParamsInput<'subscribe_events'>['topics'][number];
export type Filters = NonNullable<ParamsInput<'subscribe_events'>['filters']>;

export interface SubscribeOptions {
  filters?: Filters | undefined;
  /** The last event number that is known already; what came after it is replayed. */
  afterSeq?: number | undefined;
}

export interface Subscription {
  /** The newest number in the log when the subscription began. */
  seq: number;
  /** Takes the topics away unless another subscription of this client still has them. */
  unsubscribe(): Promise<void>;
}

interface Wanted {
  topics: string[];
  filters: Filters | undefined;
}

type Subscribe = (params: ParamsInput<'subscribe_events'>) => Promise<Result<'subscribe_events'>>;

const rememberedNumbers = 4096;

/**
 * What this client wants to be told, kept across sockets. Events are numbered without holes by the server, so after a
 * reconnect each subscription is made again from the newest number that arrived: nothing is lost, and what overlapping
 * subscriptions replay twice is delivered once. What the server can't fill comes as `event` with `{gap: {from, to}}`.
 */
export class Subscriptions {
  readonly #subscribe: Subscribe;
  readonly #unsubscribe: (topics: string[]) => Promise<unknown>;
  readonly #listeners = new Map<NotificationName, Listeners<never>>();
  readonly #wanted = new Set<Wanted>();
  readonly #delivered = new Set<number>();
  #lastSeq: number | undefined;

  constructor(deps: { subscribe: Subscribe; unsubscribe: (topics: string[]) => Promise<unknown> }) {
    this.#subscribe = deps.subscribe;
    this.#unsubscribe = deps.unsubscribe;
  }

  /** The newest event number that arrived. */
  get lastSeq(): number | undefined {
    return this.#lastSeq;
  }

  on<N extends NotificationName>(name: N, listener: (params: NotificationParams<N>) => void): () => void {
    return this.#listenersOf<NotificationParams<N>>(name).add(listener);
  }

  async subscribe(topics: Topic[], { filters, afterSeq }: SubscribeOptions = {}): Promise<Subscription> {
    const wanted: Wanted = { topics, filters };
    const { seq } = await this.#ask(wanted, afterSeq);
    this.#wanted.add(wanted);
    // An earlier subscription may still be replaying: only arrived events move the number on from here.
    this.#lastSeq ??= afterSeq ?? seq;
    return { seq, unsubscribe: () => this.#drop(wanted) };
  }

  /** On a new socket: everything again, from where the last one ended. */
  async renew(): Promise<void> {
    const afterSeq = this.#lastSeq;
    for (const wanted of this.#wanted) {
      const { seq } = await this.#ask(wanted, afterSeq);
      if (afterSeq === undefined || seq >= afterSeq) continue;
      // Numbers that run lower than before are those of another database: what it held until now is unknown here.
      this.#delivered.clear();
      this.#lastSeq = seq;
      this.#emit('event', { gap: { from: 1, to: seq } });
    }
  }

  handle(name: NotificationName, params: NotificationParams<NotificationName>): void {
    if (name === 'event' && 'seq' in params && !this.#isNew(params)) return;
    this.#emit(name, params);
  }

  #ask({ topics, filters }: Wanted, afterSeq: number | undefined): Promise<Result<'subscribe_events'>> {
    return this.#subscribe({
      topics,
      ...(filters && { filters }),
      ...(afterSeq !== undefined && { after_seq: afterSeq }),
    });
  }

  async #drop(wanted: Wanted): Promise<void> {
    if (!this.#wanted.delete(wanted)) return;
    const kept = new Set([...this.#wanted].flatMap(({ topics }) => topics));
    const topics = wanted.topics.filter((topic) => !kept.has(topic));
    if (topics.length > 0) await this.#unsubscribe(topics);
  }

  #isNew({ seq }: EventParams): boolean {
    if (this.#delivered.has(seq)) return false;
    this.#delivered.add(seq);
    const [oldest] = this.#delivered;
    if (this.#delivered.size > rememberedNumbers && oldest !== undefined) this.#delivered.delete(oldest);
    this.#advance(seq);
    return true;
  }

  #advance(seq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq ?? 0, seq);
  }

  #emit(name: NotificationName, params: NotificationParams<NotificationName>): void {
    this.#listenersOf<NotificationParams<NotificationName>>(name).emit(params);
  }

  // Keyed by name, so that a listener only ever meets the params of its own notification.
  #listenersOf<T>(name: NotificationName): Listeners<T> {
    const known = this.#listeners.get(name) ?? new Listeners<never>();
    this.#listeners.set(name, known);
    return known as unknown as Listeners<T>;
  }
}

import type { EventTopic } from '@mediamtx-camera-service/protocol';
import type { Database } from '../store/database.ts';
import { EventStore, type EventRow } from '../store/events.ts';
import type { Logger } from '../log.ts';

const keptMs = 7 * 86_400_000;
const keptCount = 100_000;
const pruneEvery = 1_000;
// Deleting this many takes a few milliseconds; what is left goes with the next call.
const prunedAtOnce = 5_000;

export interface StoredEvent {
  seq: number;
  topic: EventTopic;
  /** Epoch milliseconds. */
  time: number;
  /** Only those who may view this camera are told. */
  device?: string;
  data: Record<string, unknown>;
}

export interface EventLogDeps {
  db: Database;
  log: Logger;
  now?: () => number;
}

/**
 * The numbered log of everything that happened. Numbers have no holes, and listeners get the events in the order of
 * their numbers, even where a listener appends. Kept 7 days or 100,000; the newest is never deleted, since the next
 * number comes from it.
 */
export class EventLog {
  readonly #store: EventStore;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #listeners = new Set<(event: StoredEvent) => void>();
  readonly #untold: StoredEvent[] = [];
  #isTelling = false;
  #seq: number;
  #firstSeq: number;

  constructor({ db, log, now = Date.now }: EventLogDeps) {
    this.#store = new EventStore(db);
    this.#log = log;
    this.#now = now;
    const range = this.#store.range();
    this.#seq = range?.last ?? 0;
    this.#firstSeq = range?.first ?? 1;
  }

  /** The newest number; 0 in an empty log. */
  get seq(): number {
    return this.#seq;
  }

  /** The oldest number that can still be read. */
  get firstSeq(): number {
    return this.#firstSeq;
  }

  /** Never throws: what can't be stored (a full disk) is logged and still told to listeners. */
  append(topic: EventTopic, data: Record<string, unknown>, device?: string): void {
    const payload = device === undefined || 'device' in data ? data : { device, ...data };
    const event: StoredEvent = {
      seq: ++this.#seq,
      topic,
      time: this.#now(),
      ...(device !== undefined && { device }),
      data: payload,
    };
    this.#insert(event);
    this.#untold.push(event);
    if (!this.#isTelling) this.#tell();
    if (event.seq % pruneEvery === 0) this.prune();
  }

  onEvent(listener: (event: StoredEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** At most `limit` events after `afterSeq`, in order. */
  read(afterSeq: number, limit: number): StoredEvent[] {
    return this.#store.read(afterSeq, limit).map(fromRow);
  }

  /** Deletes a bounded number of the oldest that are too old or too many; runs by itself every 1,000 events. */
  prune(): void {
    try {
      const tooOld = this.#store.lastSeqBefore(this.#now() - keptMs);
      const wanted = Math.min(Math.max(tooOld, this.#seq - keptCount), this.#seq - 1);
      const cut = Math.min(wanted, this.#firstSeq - 1 + prunedAtOnce);
      if (cut < this.#firstSeq) return;
      this.#store.deleteUpTo(cut);
      this.#firstSeq = cut + 1;
    } catch (error) {
      this.#log.error({ err: error }, 'old events could not be deleted');
    }
  }

  #insert({ seq, topic, time, device, data }: StoredEvent): void {
    try {
      this.#store.insert({ seq, topic, time, device: device ?? null, data: JSON.stringify(data) });
    } catch (error) {
      this.#log.error({ err: error, topic, seq }, 'an event could not be stored');
    }
  }

  #tell(): void {
    this.#isTelling = true;
    for (let event = this.#untold.shift(); event; event = this.#untold.shift()) {
      for (const listener of this.#listeners) {
        try {
          listener(event);
        } catch (error) {
          this.#log.error({ err: error, topic: event.topic }, 'a listener of the event log failed');
        }
      }
    }
    this.#isTelling = false;
  }
}

function fromRow({ seq, topic, time, device, data }: EventRow): StoredEvent {
  return {
    seq,
    topic: topic as EventTopic,
    time,
    ...(device !== null && { device }),
    data: JSON.parse(data) as Record<string, unknown>,
  };
}

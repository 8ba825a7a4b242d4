import { eventTopics, matchesTopic, stateNotifications } from '@mediamtx-camera-service/protocol';

export type Filters = Record<string, string | number | boolean | null>;

export interface SubscribeOptions {
  topics: string[];
  filters?: Filters | undefined;
  /** Where a replay begins: events after this number are wanted again. Absent: only what comes. */
  afterSeq?: number | undefined;
  /** The newest number of the log. */
  newestSeq: number;
}

/** What a subscription is asked about; `seq` where it is an event of the log. */
export interface Subject {
  topic: string;
  /** Epoch milliseconds. */
  time: number;
  payload: Record<string, unknown>;
  seq?: number;
}

interface Entry {
  topics: Set<string>;
  filters: Filters | undefined;
  filterKey: string;
  /** The newest event that was told or passed over, so that a replay never tells one twice. */
  cursor: number;
}

const allTopics: readonly string[] = [...eventTopics, ...stateNotifications];

/** What one session wants to hear. Each subscribe adds an entry; a topic with the same filters is never there twice. */
export class Subscriptions {
  #entries: Entry[] = [];
  #isUntouched = true;

  /** Nobody has subscribed or unsubscribed: older clients then expect the camera and recording states. */
  get isUntouched(): boolean {
    return this.#isUntouched;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  get size(): number {
    return this.#entries.length;
  }

  get topics(): string[] {
    return [...new Set(this.#entries.flatMap(({ topics }) => [...topics]))];
  }

  add({ topics, filters, afterSeq, newestSeq }: SubscribeOptions): void {
    this.#isUntouched = false;
    const filterKey = JSON.stringify(Object.entries(filters ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
    const added = new Set(topics);
    for (const present of this.#entries) {
      if (present.filterKey !== filterKey) continue;
      for (const topic of topics) {
        if (!present.topics.has(topic)) continue;
        // A replay begins anew; without one, what is there goes on from where it is.
        if (afterSeq === undefined) added.delete(topic);
        else present.topics.delete(topic);
      }
    }
    this.#entries.push({ topics: added, filters, filterKey, cursor: afterSeq ?? newestSeq });
    this.#dropEmpty();
  }

  /** Takes topics away, out of groups too; without topics, all. Returns those that were asked for or had been there. */
  remove(topics: string[] = this.topics): string[] {
    this.#isUntouched = false;
    for (const entry of this.#entries) {
      for (const topic of topics) removeTopic(entry.topics, topic);
    }
    this.#dropEmpty();
    return topics;
  }

  clear(): void {
    this.#entries = [];
  }

  wants(subject: Subject): boolean {
    return this.#entries.some((entry) => isWanted(entry, subject));
  }

  /** Notes that the event was told or passed over. */
  advance(seq: number): void {
    for (const entry of this.#entries) entry.cursor = Math.max(entry.cursor, seq);
  }

  #dropEmpty(): void {
    this.#entries = this.#entries.filter(({ topics }) => topics.size > 0);
  }
}

function removeTopic(topics: Set<string>, topic: string): void {
  for (const pattern of topics) {
    if (matchesTopic(topic, pattern)) topics.delete(pattern);
    else if (matchesTopic(pattern, topic)) {
      topics.delete(pattern);
      const rest = allTopics.filter((name) => matchesTopic(pattern, name) && !matchesTopic(topic, name));
      for (const name of rest) topics.add(name);
    }
  }
}

function isWanted({ topics, filters, cursor }: Entry, { topic, time, payload, seq }: Subject): boolean {
  if (seq !== undefined && seq <= cursor) return false;
  if (!topics.has(topic) && ![...topics].some((pattern) => matchesTopic(pattern, topic))) return false;
  return filters === undefined || passes(filters, time, payload);
}

function passes(filters: Filters, time: number, payload: Record<string, unknown>): boolean {
  return Object.entries(filters).every(([key, wanted]) => {
    if (key === 'timestamp_after') return time > Date.parse(String(wanted));
    if (key === 'timestamp_before') return time < Date.parse(String(wanted));
    return payload[key] === wanted;
  });
}

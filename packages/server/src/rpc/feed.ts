import { setImmediate } from 'node:timers/promises';
import type { EventLog, StoredEvent } from '../events/event-log.ts';
import type { Logger } from '../log.ts';
import type { Exchange } from './exchange.ts';
import { gapNotification, notificationText, type Outbox } from './outbox.ts';
import { Subscriptions } from './subscriptions.ts';

const replayChunk = 200;
const maxHeld = 1_000;

/** A state as it goes to all sessions; `text` is made once for all of them. */
export interface StateMessage {
  name: string;
  device: string | undefined;
  time: number;
  payload: Record<string, unknown>;
  text: () => string;
}

export interface EventMessage {
  event: StoredEvent;
  text: () => string;
}

interface Held {
  /** The call that caused it; undefined for what only waits behind such a one. */
  exchange: Exchange | undefined;
  send: () => void;
}

export interface FeedDeps {
  outbox: Outbox;
  events: Pick<EventLog, 'read' | 'seq'>;
  /** Whether the session may hear now, of this camera where one is named. */
  mayHear: (device: string | undefined) => boolean;
  /** What the session is told in place of a payload; the payload itself where nothing in it is hidden. */
  visible: <T extends object>(payload: T) => T;
  /** Whether a session that never subscribed is told this state. */
  isToldByDefault: (state: string) => boolean;
  log: Logger;
}

/**
 * What one session is told: subscriptions, the wait for a call's reply, and the replay of what was missed.
 * Whatever waits for a reply makes all that follows wait too, so order is kept. While a replay runs, live events are
 * passed over, since the replay reads them from the log in their turn: no duplicate, no hole.
 */
export class Feed {
  readonly subscriptions = new Subscriptions();
  readonly #deps: FeedDeps;
  readonly #held: Held[] = [];
  #replayCursor: number | undefined;
  #wake: (() => void) | undefined;

  constructor(deps: FeedDeps) {
    this.#deps = deps;
  }

  tellState(message: StateMessage, cause: Exchange | undefined): void {
    const { subscriptions } = this;
    const isWanted = subscriptions.isUntouched
      ? this.#deps.isToldByDefault(message.name)
      : !subscriptions.isEmpty && subscriptions.wants({ topic: message.name, ...message });
    if (!isWanted) return;
    this.#sendOrHold(cause, () => {
      if (!this.#deps.mayHear(message.device)) return;
      const payload = this.#deps.visible(message.payload);
      const text = payload === message.payload ? message.text() : notificationText(message.name, payload);
      this.#deps.outbox.sendState(`${message.name} ${message.device}`, text);
    });
  }

  tellEvent(message: EventMessage, cause: Exchange | undefined): void {
    if (this.subscriptions.isEmpty || !this.#wantsEvent(message.event)) return;
    this.#sendOrHold(cause, () => {
      if (this.#replayCursor === undefined) this.#sendEvent(message.event, message.text);
    });
  }

  /** Tells what came after `afterSeq`, once the reply of the call that asks for it is out. */
  replay(afterSeq: number, cause: Exchange | undefined): void {
    const isRunning = this.#replayCursor !== undefined;
    this.#replayCursor = Math.min(this.#replayCursor ?? afterSeq, afterSeq);
    if (cause) this.#held.push({ exchange: cause, send: () => {} });
    if (!isRunning) void this.#runReplay();
  }

  /** A reply went out: what waited for it follows. */
  release(): void {
    while (this.#held.length > maxHeld || isReady(this.#held[0])) this.#held.shift()!.send();
    if (this.#held.length === 0) this.#wakeReplay();
  }

  dispose(): void {
    this.#held.length = 0;
    this.subscriptions.clear();
    this.#wakeReplay();
  }

  #sendOrHold(cause: Exchange | undefined, send: () => void): void {
    if (cause === undefined && this.#held.length === 0) return send();
    this.#held.push({ exchange: cause, send });
    // Beyond the cap memory counts for more than the order of reply and notification.
    if (this.#held.length > maxHeld) this.release();
  }

  #wantsEvent({ topic, time, data, seq }: StoredEvent): boolean {
    return this.subscriptions.wants({ topic, time, payload: data, seq });
  }

  #sendEvent(event: StoredEvent, text: () => string): void {
    if (!this.#wantsEvent(event)) return;
    this.subscriptions.advance(event.seq);
    if (!this.#deps.mayHear(event.device)) return;
    const data = this.#deps.visible(event.data);
    this.#deps.outbox.sendEvent(event.seq, data === event.data ? text() : eventText({ ...event, data }));
  }

  async #runReplay(): Promise<void> {
    try {
      await this.#replayAll();
    } catch (error) {
      this.#deps.log.error({ err: error }, 'the replay of events failed');
      this.#endReplay();
    }
  }

  async #replayAll(): Promise<void> {
    const { outbox } = this.#deps;
    for (;;) {
      // Yields to the loop between chunks, so that a long replay delays nobody.
      await setImmediate();
      await outbox.whenDrained();
      if (outbox.isClosed || this.subscriptions.isEmpty) {
        this.#replayCursor = undefined;
        return;
      }
      if (this.#held.length > 0) await this.#untilReleased();
      else if (this.#replayNextChunk()) return;
    }
  }

  /** True when nothing is left; from then on events are told as they come. */
  #replayNextChunk(): boolean {
    const { events } = this.#deps;
    const chunk = events.read(this.#replayCursor!, replayChunk);
    for (const event of chunk) {
      this.#tellGapBefore(event.seq);
      this.#replayCursor = event.seq;
      this.#sendEvent(event, () => eventText(event));
    }
    if (chunk.length === replayChunk) return false;
    this.#endReplay();
    return true;
  }

  /** What is not told by now can't be told. In one go with the last read, so that no event falls in between. */
  #endReplay(): void {
    this.#tellGapBefore(this.#deps.events.seq + 1);
    this.#replayCursor = undefined;
  }

  #tellGapBefore(seq: number): void {
    const from = this.#replayCursor! + 1;
    if (seq > from && this.#deps.mayHear(undefined)) {
      this.#deps.outbox.sendEvent(seq - 1, gapNotification(from, seq - 1));
    }
  }

  async #untilReleased(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #wakeReplay(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

function isReady(held: Held | undefined): boolean {
  return held !== undefined && held.exchange?.session === undefined;
}

export function eventText({ seq, topic, time, data }: StoredEvent): string {
  return notificationText('event', { seq, topic, time: new Date(time).toISOString(), data });
}

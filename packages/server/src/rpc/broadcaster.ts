import type { EventLog, StoredEvent } from '../events/event-log.ts';
import type { Notifier, StateChange } from '../events/notifier.ts';
import { currentExchange, type Exchange } from './exchange.ts';
import { eventText } from './feed.ts';
import { notificationText } from './outbox.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** Carries events and states to every session that wants them; each is made into text once for all. */
export class Broadcaster {
  readonly #sessions: Sessions;
  readonly #now: () => number;
  readonly #unlisten: (() => void)[];

  constructor(deps: { sessions: Sessions; events: EventLog; notifier: Notifier }, now: () => number) {
    this.#sessions = deps.sessions;
    this.#now = now;
    this.#unlisten = [
      deps.events.onEvent((event) => this.#tellEvent(event)),
      deps.notifier.onNotify((change) => this.#tellState(change)),
    ];
  }

  stop(): void {
    for (const unlisten of this.#unlisten) unlisten();
  }

  #tellEvent(event: StoredEvent): void {
    const message = { event, text: once(() => eventText(event)) };
    const cause = currentExchange.getStore();
    for (const session of this.#sessions) session.feed?.tellEvent(message, causeFor(session, cause));
  }

  #tellState({ name, params, device }: StateChange): void {
    const text = once(() => notificationText(name, params));
    const message = { name, device, time: this.#now(), payload: { ...params }, text };
    const cause = currentExchange.getStore();
    for (const session of this.#sessions) session.feed?.tellState(message, causeFor(session, cause));
  }
}

function causeFor(session: Session, cause: Exchange | undefined): Exchange | undefined {
  return cause?.session === session ? cause : undefined;
}

function once(make: () => string): () => string {
  let text: string | undefined;
  return () => (text ??= make());
}

import type { EventLog } from '../../events/event-log.ts';
import { AppError } from '../../errors.ts';
import type { HandlersOf } from '../call.ts';
import { currentExchange } from '../exchange.ts';
import type { Feed } from '../feed.ts';
import { invalidParam } from '../invalid-params.ts';
import type { Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import type { Filters } from '../subscriptions.ts';

// More than any client needs; each costs time with every event.
const maxEntries = 64;
// Far more than any event has; a socket holds its filters as long as it is open.
const maxFilters = 32;
const maxFilterText = 1_000;

export function createEventHandlers(deps: { events: EventLog; sessions: Sessions }): HandlersOf<'event'> {
  const { events, sessions } = deps;
  return {
    subscribe_events: ({ topics, filters, after_seq: lastSeen }, { session }) => {
      const feed = feedOf(session);
      // A number beyond the newest is of another database; from here on all is new.
      const afterSeq = lastSeen === undefined ? undefined : Math.min(lastSeen, events.seq);
      checkFilters(filters);
      if (feed.subscriptions.size >= maxEntries) {
        const problem = `differ from those of ${maxEntries} subscriptions of this connection already`;
        throw invalidParam({ param: 'filters', rule: 'max', problem, hint: 'unsubscribe_events first' });
      }
      feed.subscriptions.add({ topics, filters, afterSeq, newestSeq: events.seq });
      if (afterSeq !== undefined) feed.replay(afterSeq, currentExchange.getStore());
      return { subscribed: true, topics, ...(filters && { filters }), seq: events.seq };
    },

    unsubscribe_events: ({ topics }, { session }) => {
      return { unsubscribed: true, topics: feedOf(session).subscriptions.remove(topics) };
    },

    get_subscription_stats: (_params, { session }) => sessions.subscriptionStats(session),
  };
}

function feedOf({ feed }: Session): Feed {
  if (feed) return feed;
  throw new AppError('unsupported', {
    feature: 'notifications over POST',
    reason: 'no_connection',
    details: 'a POST has no connection on which notifications could come',
    suggestion: 'subscribe over the WebSocket',
  });
}

function checkFilters(filters: Filters = {}): void {
  const given = Object.entries(filters);
  if (given.length > maxFilters) {
    throw invalidParam({ param: 'filters', rule: 'max', problem: `must be at most ${maxFilters}` });
  }
  if (given.flat().some((text) => typeof text === 'string' && text.length > maxFilterText)) {
    const problem = `must have names and texts of at most ${maxFilterText} characters`;
    throw invalidParam({ param: 'filters', rule: 'max', problem });
  }
  for (const key of ['timestamp_after', 'timestamp_before']) {
    const value = filters[key];
    if (value === undefined || (typeof value === 'string' && !Number.isNaN(Date.parse(value)))) continue;
    throw invalidParam({ param: `filters.${key}`, rule: 'pattern', problem: 'must be an ISO 8601 time' });
  }
}

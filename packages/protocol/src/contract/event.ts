import { z } from 'zod';
import { timestamp } from './common.ts';
import { method, notification } from './define.ts';

/** Topics of the event log. */
export const eventTopics = [
  'camera.connected',
  'camera.disconnected',
  'camera.status_change',
  'camera.capability_detected',
  'camera.capability_error',
  'camera.forgotten',
  'recording.start',
  'recording.stop',
  'recording.progress',
  'recording.error',
  'recording.updated',
  'recording.deleted',
  'snapshot.taken',
  'snapshot.error',
  'snapshot.deleted',
  'system.health',
  'system.startup',
  'system.shutdown',
  'system.error',
  'system.config',
  'mediamtx.stream',
  'mediamtx.path',
  'mediamtx.error',
] as const;

/** Notifications that can be subscribed to by their own names. */
export const stateNotifications = [
  'camera_status_update',
  'recording_status_update',
  'system_health_update',
] as const;

export type EventTopic = (typeof eventTopics)[number];
export type StateNotification = (typeof stateNotifications)[number];

const topicNames: readonly string[] = [...eventTopics, ...stateNotifications];
const topicGroups = [...new Set(eventTopics.map((topic) => `${topic.split('.')[0]}.*`))];

/** A topic, a group of them (`camera.*`) or all (`*`). */
export const topicPattern = z
  .string()
  .refine((topic) => topic === '*' || topicNames.includes(topic) || topicGroups.includes(topic), {
    error: (issue) => `unknown topic ${JSON.stringify(issue.input)}`,
  })
  .meta({ enum: ['*', ...topicGroups, ...topicNames] });

export function matchesTopic(pattern: string, topic: string): boolean {
  if (pattern === '*' || pattern === topic) return true;
  return pattern.endsWith('.*') && topic.startsWith(pattern.slice(0, -1));
}

const topics = z.array(topicPattern).min(1).max(64);

export const subscribe_events = method({
  role: 'viewer',
  summary: 'Adds topics to what this socket is told',
  description:
    'With `after_seq` the events after that number are replayed first, so a client that reconnects loses nothing; a gap that cannot be filled is told as `{gap: {from, to}}`.',
  params: z.object({
    topics,
    filters: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .describe('Exact match on payload keys, plus timestamp_after and timestamp_before'),
    after_seq: z.int().min(0).optional().describe('The last number that the client has seen'),
  }),
  result: z.object({
    subscribed: z.literal(true),
    topics: z.array(z.string()),
    filters: z.record(z.string(), z.unknown()).optional(),
    seq: z.int().describe('The newest number in the log; events after it follow'),
  }),
  errors: ['unsupported'],
});

export const unsubscribe_events = method({
  role: 'viewer',
  summary: 'Takes topics away; without topics, all',
  params: z.object({ topics: topics.optional() }),
  result: z.object({ unsubscribed: z.literal(true), topics: z.array(z.string()) }),
  errors: ['unsupported'],
});

export const get_subscription_stats = method({
  role: 'viewer',
  summary: 'Who is subscribed to what, in numbers',
  result: z.object({
    global_stats: z.object({
      total_subscriptions: z.int(),
      active_clients: z.int(),
      topic_counts: z.record(z.string(), z.int()),
    }),
    client_topics: z.array(z.string()),
    client_id: z.string(),
  }),
});

export const eventMethods = { subscribe_events, unsubscribe_events, get_subscription_stats };

const eventParams = z.object({
  seq: z.int().describe('Numbered without holes'),
  topic: z.enum(eventTopics),
  time: timestamp,
  data: z.record(z.string(), z.unknown()),
});

export const event = notification({
  summary: 'An entry of the event log that matches a subscription, or a gap in it',
  params: z.union([
    eventParams,
    z.object({ gap: z.object({ from: z.int(), to: z.int() }).describe('Events that can no longer be told') }),
  ]),
});

export type EventParams = z.infer<typeof eventParams>;

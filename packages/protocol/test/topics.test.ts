import { describe, expect, test } from 'vitest';
import { eventTopics, matchesTopic, methods, stateNotifications } from '../src/index.ts';

const { params } = methods.subscribe_events;
const isTopic = (topic: string): boolean => params.safeParse({ topics: [topic] }).success;

describe('what can be subscribed to', () => {
  const groups = ['camera.*', 'recording.*', 'snapshot.*', 'system.*', 'mediamtx.*'];

  test.for(['*', ...groups, ...eventTopics, ...stateNotifications])('%s', (topic) => {
    expect(isTopic(topic)).toBe(true);
  });

  const wrong = [
    '',
    'camera',
    'camera.',
    'camera*',
    'camera.con*',
    '**',
    '*.*',
    'nonsense.*',
    'hello',
    'event',
    'Camera.*',
    ' *',
  ];
  test.for(wrong)('not %j', (topic) => {
    const parsed = params.safeParse({ topics: ['camera.*', topic] });
    expect(parsed.error?.issues[0]?.message).toContain(JSON.stringify(topic));
    expect(parsed.error?.issues[0]?.path).toEqual(['topics', 1]);
  });

  test('at least one topic, and not a flood of them', () => {
    expect(params.safeParse({ topics: [] }).success).toBe(false);
    expect(params.safeParse({ topics: Array.from({ length: 65 }, () => '*') }).success).toBe(false);
  });
});

describe('what a pattern matches', () => {
  test('* matches all', () => {
    expect([...eventTopics, ...stateNotifications].filter((topic) => !matchesTopic('*', topic))).toEqual([]);
  });

  test('a group matches its own topics and no state notification', () => {
    const matched = [...eventTopics, ...stateNotifications].filter((topic) =>
      matchesTopic('recording.*', topic),
    );
    expect(matched).toEqual([
      'recording.start',
      'recording.stop',
      'recording.progress',
      'recording.error',
      'recording.updated',
      'recording.deleted',
    ]);
  });

  test('a topic matches itself alone', () => {
    expect(eventTopics.filter((topic) => matchesTopic('snapshot.taken', topic))).toEqual(['snapshot.taken']);
  });
});

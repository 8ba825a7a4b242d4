import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventLog, type StoredEvent } from '../../src/events/event-log.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';

const dayMs = 86_400_000;
const log = pino({ level: 'silent' });
let db: Database;
let now: number;

beforeEach(() => {
  db = openDatabase(':memory:');
  now = Date.parse('2026-03-04T05:06:07.890Z');
});

function openLog(): EventLog {
  return new EventLog({ db, log, now: () => now });
}

/** A log that has run for long; written past the log, since a hundred thousand appends take a while. */
function fill(count: number, timeOf: (seq: number) => number): void {
  db.exec('BEGIN');
  const insert = db.prepare('INSERT INTO events (seq, topic, time, device, data) VALUES (?, ?, ?, NULL, ?)');
  for (let seq = 1; seq <= count; seq++) insert.run(seq, 'system.health', timeOf(seq), '{}');
  db.exec('COMMIT');
}

describe('numbers', () => {
  it('begin at 1 and have no holes', () => {
    const events = openLog();
    expect(events.seq).toBe(0);
    for (let i = 0; i < 5; i++) events.append('system.health', { i });
    expect(events.read(0, 10).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect([events.firstSeq, events.seq]).toEqual([1, 5]);
  });

  it('go on after a restart, also when everything old was pruned', () => {
    openLog().append('system.startup', {});
    openLog().append('system.startup', {});
    now += 30 * dayMs;
    const events = openLog();
    events.prune();
    expect([events.firstSeq, events.seq]).toEqual([2, 2]);
    expect(openLog().seq).toBe(2);
    openLog().append('system.startup', {});
    expect(openLog().seq).toBe(3);
  });
});

it('an event reads back as it was told', () => {
  const events = openLog();
  const told: StoredEvent[] = [];
  events.onEvent((event) => told.push(event));
  events.append('camera.connected', { name: 'Übersicht', nested: { a: [1, null] } }, 'camera0');
  events.append('system.health', { status: 'HEALTHY' });
  expect(told).toEqual([
    {
      seq: 1,
      topic: 'camera.connected',
      time: now,
      device: 'camera0',
      data: { device: 'camera0', name: 'Übersicht', nested: { a: [1, null] } },
    },
    { seq: 2, topic: 'system.health', time: now, data: { status: 'HEALTHY' } },
  ]);
  expect(events.read(0, 10)).toEqual(told);
});

it('read gives a page after a number', () => {
  const events = openLog();
  for (let i = 0; i < 9; i++) events.append('system.health', { i });
  expect(events.read(3, 4).map(({ seq }) => seq)).toEqual([4, 5, 6, 7]);
  expect(events.read(9, 4)).toEqual([]);
});

describe('listeners', () => {
  it('get events in order even where one of them appends', () => {
    const events = openLog();
    const first: number[] = [];
    const second: number[] = [];
    events.onEvent(({ seq, topic }) => {
      first.push(seq);
      if (topic === 'camera.connected') events.append('system.health', {});
    });
    events.onEvent(({ seq }) => second.push(seq));
    events.append('camera.connected', {});
    events.append('camera.disconnected', {});
    expect([first, second]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('go on where one fails, and end when they are taken away', () => {
    const events = openLog();
    const seen: number[] = [];
    events.onEvent(() => {
      throw new Error('listener');
    });
    const unlisten = events.onEvent(({ seq }) => seen.push(seq));
    events.append('system.health', {});
    unlisten();
    events.append('system.health', {});
    expect(seen).toEqual([1]);
  });

  it('are told what a broken store can not keep', () => {
    const events = openLog();
    const seen: number[] = [];
    events.onEvent(({ seq }) => seen.push(seq));
    db.exec('DROP TABLE events');
    events.append('system.error', {});
    expect(seen).toEqual([1]);
  });
});

describe('pruning', () => {
  it('takes what is older than 7 days and keeps the rest', () => {
    fill(100, (seq) => now - (seq <= 40 ? 7 * dayMs + 1 : 6 * dayMs));
    const events = openLog();
    events.prune();
    expect(events.firstSeq).toBe(41);
    expect(events.read(0, 1)[0]!.seq).toBe(41);
  });

  it('keeps 100,000, in bounded steps', () => {
    fill(107_500, () => now);
    const events = openLog();
    events.prune();
    expect(events.firstSeq).toBe(5_001);
    events.prune();
    expect(events.firstSeq).toBe(7_501);
    events.prune();
    expect(events.firstSeq).toBe(7_501);
  });

  it('runs by itself while events come', () => {
    fill(1_999, () => now - 8 * dayMs);
    const events = openLog();
    events.append('system.health', {});
    expect(events.firstSeq).toBe(2_000);
  });
});

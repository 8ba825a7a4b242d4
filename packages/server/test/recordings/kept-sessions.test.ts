import { TempDir } from '@mediamtx-camera-service/testkit';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeptSessions } from '../../src/recordings/kept-sessions.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { RecordingStore } from '../../src/store/recordings.ts';

let dir: TempDir;
let db: Database;
let now = 1_000_000;
beforeEach(async () => {
  dir = await TempDir.create();
  db = openDatabase(dir.join('test.db'));
});
afterEach(async () => {
  db.close();
  await dir[Symbol.asyncDispose]();
});

const log = pino({ level: 'silent' });
/** As a run of the service has them. */
const open = (): KeptSessions => new KeptSessions({ store: new RecordingStore(db), now: () => now, log });

test('one that begins in the second in which the last one began has a file of its own', () => {
  const sessions = open();
  const options = { durationSeconds: null, format: 'mp4' } as const;
  const first = sessions.add('camera0', options);
  const { session_id, device, filename, format } = first;
  const rest = { size: 1, duration_ms: 1, start_at: now, end_at: now, created_at: now, segments: 1 };
  new RecordingStore(db).close({ session_id, device, filename, format, ...rest, protected: 0 });
  expect(sessions.add('camera0', options).filename).toBe(filename.replace('.mp4', '-2.mp4'));
});

test('a killed service finds what is to go on, and what was over or ended meanwhile', () => {
  const sessions = open();
  const goesOn = sessions.add('camera0', { durationSeconds: null, format: 'mp4' });
  const isOver = sessions.add('camera1', { durationSeconds: 60, format: 'mkv' });
  const wasEnded = sessions.add('camera2', { durationSeconds: null, format: 'fmp4' });
  sessions.markClosing(wasEnded);
  sessions.remove(sessions.add('camera3', { durationSeconds: null, format: 'mp4' }));
  now += 61_000;
  const left = open()
    .left()
    .map(({ row, isWanted }) => [row.session_id, isWanted]);
  expect(left).toHaveLength(3);
  expect(Object.fromEntries(left)).toEqual({
    [goesOn.session_id]: true,
    [isOver.session_id]: false,
    [wasEnded.session_id]: false,
  });
});

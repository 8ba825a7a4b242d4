import { TempDir, until } from '@mediamtx-camera-service/testkit';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { EndedLoginStore } from '../../src/store/ended-logins.ts';
import { ForeignChanges } from '../../src/store/foreign-changes.ts';

const log = pino({ level: 'silent' });

test('what another program writes is noticed, what this one writes is not', async () => {
  await using dir = await TempDir.create();
  const file = dir.join('a.db');
  const [own, foreign] = [openDatabase(file), openDatabase(file)];
  let noticed = 0;
  const changes = new ForeignChanges({ db: own, onChange: () => (noticed += 1), log, intervalMs: 5 });
  changes.start();
  changes.start();
  new EndedLoginStore(own).add('own', 1);
  new EndedLoginStore(foreign).add('first', 1);
  await until(() => noticed === 1);
  new EndedLoginStore(own).add('own again', 1);
  new EndedLoginStore(foreign).add('second', 1);
  await until(() => noticed === 2);
  changes.stop();
  changes.stop();
  own.close();
  foreign.close();
});

test('a database that can not be read is no fault of the one who looks', async () => {
  await using dir = await TempDir.create();
  const db = openDatabase(dir.join('a.db'));
  const lines: string[] = [];
  const told = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const changes = new ForeignChanges({ db, onChange: () => undefined, log: told, intervalMs: 5 });
  changes.start();
  db.close();
  await until(() => lines.some((line) => line.includes('could not be looked at')));
  changes.stop();
  expect(lines.every((line) => !line.includes('"level":50'))).toBe(true);
});

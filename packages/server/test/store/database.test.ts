import { chmodSync, copyFileSync, statSync, writeFileSync } from 'node:fs';
import { TempDir } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import {
  closeDatabase,
  openDatabase,
  openRawDatabase,
  transaction,
  type Database,
} from '../../src/store/database.ts';
import { migrations } from '../../src/store/migrations.ts';

const versionOf = (db: Database) =>
  (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;

function schemaOf(db: Database): string[] {
  const rows = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all() as {
    sql: string;
  }[];
  return rows.map(({ sql }) => sql);
}

test('a new file gets the newest schema, and opening it again changes nothing', async () => {
  await using dir = await TempDir.create();
  const file = dir.join('a.db');
  const first = openDatabase(file);
  const schema = schemaOf(first);
  expect(versionOf(first)).toBe(migrations.length);
  first.close();
  const second = openDatabase(file);
  expect({ version: versionOf(second), schema: schemaOf(second) }).toEqual({
    version: migrations.length,
    schema,
  });
  second.close();
});

test('a file of any earlier version comes to the same schema as a new one', async () => {
  await using dir = await TempDir.create();
  const fresh = openDatabase(dir.join('new.db'));
  for (let version = 0; version < migrations.length; version++) {
    const file = dir.join(`old-${version}.db`);
    const old = openRawDatabase(file);
    for (const migration of migrations.slice(0, version)) old.exec(migration);
    old.exec(`PRAGMA user_version = ${version}`);
    old.close();
    const db = openDatabase(file);
    expect(schemaOf(db)).toEqual(schemaOf(fresh));
    db.close();
  }
  fresh.close();
});

test('a file of a newer version is refused and not touched', async () => {
  await using dir = await TempDir.create();
  const newer = openRawDatabase(dir.join('a.db'));
  newer.exec(`PRAGMA user_version = ${migrations.length + 1}`);
  newer.close();
  expect(() => openDatabase(dir.join('a.db'))).toThrow('the database is of a newer version of the service');
  const same = openRawDatabase(dir.join('a.db'));
  expect(schemaOf(same)).toEqual([]);
  same.close();
});

test('a copy of the one file holds everything once the database is closed', async () => {
  await using dir = await TempDir.create();
  const db = openDatabase(dir.join('a.db'));
  db.exec("INSERT INTO events (seq, topic, time, data) VALUES (7, 'system.startup', 1, '{}')");
  closeDatabase(db);
  copyFileSync(dir.join('a.db'), dir.join('copy.db'));
  const copy = openRawDatabase(dir.join('copy.db'));
  expect(copy.prepare('SELECT seq FROM events').all()).toEqual([{ seq: 7 }]);
  copy.close();
});

test('it is closed at once while another program reads it, and loses nothing', async () => {
  await using dir = await TempDir.create();
  const db = openDatabase(dir.join('a.db'));
  const reader = openDatabase(dir.join('a.db'));
  reader.exec('BEGIN; SELECT count(*) FROM events');
  db.exec("INSERT INTO events (seq, topic, time, data) VALUES (7, 'system.startup', 1, '{}')");
  closeDatabase(db);
  reader.exec('COMMIT');
  expect(reader.prepare('SELECT seq FROM events').all()).toEqual([{ seq: 7 }]);
  reader.close();
});

test('of a file that is no database it is told which, and what to do', async () => {
  await using dir = await TempDir.create();
  writeFileSync(dir.join('a.db'), 'x'.repeat(10_000));
  expect(() => openDatabase(dir.join('a.db'))).toThrow(
    `the database ${dir.join('a.db')} can't be used (file is not a database): restore a backup`,
  );
});

test('a transaction that fails leaves nothing of itself', async () => {
  await using dir = await TempDir.create();
  const db = openDatabase(dir.join('a.db'));
  const add = (name: string) =>
    db.prepare('INSERT INTO streams (name, source, created_at) VALUES (?, ?, 0)').run(name, 'rtsp://a');
  const work = () => {
    add('one');
    add('one');
  };
  expect(() => transaction(db, work)).toThrow(/UNIQUE/);
  expect(db.prepare('SELECT COUNT(*) AS count FROM streams').get()).toEqual({ count: 0 });
  expect(transaction(db, () => add('two').changes)).toBe(1);
  db.close();
});

test('nobody else can read the file, which holds hashes of passwords, nor what lies beside it', async () => {
  await using dir = await TempDir.create();
  const file = dir.join('a.db');
  openDatabase(file).close();
  chmodSync(file, 0o644);
  const db = openDatabase(file);
  db.exec('CREATE TABLE more (x)');
  const modes = [file, `${file}-wal`, `${file}-shm`].map((name) => statSync(name).mode & 0o777);
  expect(modes).toEqual([0o600, 0o600, 0o600]);
  db.close();
});

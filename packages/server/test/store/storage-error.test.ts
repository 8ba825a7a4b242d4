import { writeFile } from 'node:fs/promises';
import { TempDir } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { SnapshotStore } from '../../src/store/snapshots.ts';
import { asStorageError } from '../../src/store/storage-error.ts';

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

test('a database that can not grow is a full disk', async () => {
  await using dir = await TempDir.create();
  const db = openDatabase(dir.join('a.db'));
  const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages}`);
  const store = new SnapshotStore(db);
  const row = {
    device: 'camera0',
    format: 'jpg',
    size: 1,
    width: 1,
    height: 1,
    captured_at: 1,
    created_at: 1,
  } as const;
  const error = thrownBy(() => {
    for (let at = 0; at < 1_000; at++) store.add({ ...row, filename: `${at}-${'x'.repeat(100)}` });
  });
  expect(String(error)).toMatch(/full/);
  expect(asStorageError(error, 'the row could not be written')).toMatchObject({
    code: -32060,
    data: { reason: 'disk_full' },
  });
  db.close();
});

test('a file system that is full is told as such', async () => {
  const error = await writeFile('/dev/full', 'x').catch((reason: unknown) => reason);
  expect(asStorageError(error, 'the picture could not be written')).toMatchObject({
    code: -32060,
    message: expect.stringContaining('the picture could not be written: no space left') as unknown,
  });
});

test('what has nothing to do with storage stays as it is', () => {
  const error = new TypeError('a fault');
  expect(asStorageError(error, 'x')).toBe(error);
});

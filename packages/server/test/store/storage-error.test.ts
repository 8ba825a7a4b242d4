import { rm, writeFile } from 'node:fs/promises';
import { TempDir, Tmpfs } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { SnapshotStore } from '../../src/store/snapshots.ts';
import { AppError } from '../../src/errors.ts';
import { asStorageError, withStorageSizes } from '../../src/store/storage-error.ts';

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

test('the sizes are those of the disk that was written to, which need not be the one of the data directory', async () => {
  await using disk = await Tmpfs.mount(1_048_576);
  await using dataDir = await TempDir.create();
  const filler = await disk.fill();
  const failure = await writeFile(disk.join('a picture'), 'x').catch((reason: unknown) => reason);
  const error = asStorageError(failure, 'the picture could not be written', disk.path);
  await rm(filler);
  if (!(error instanceof AppError)) throw new Error('it is no error of a full disk', { cause: error });
  const storage = { dataDir: dataDir.path, minFreeBytes: 200_000_000 };
  expect(withStorageSizes(error, storage).data).toMatchObject({
    available_space: 0,
    total_space: 1_048_576,
    threshold: 200_000_000,
  });
});

test('what was refused beforehand keeps its sizes, and other errors get none', () => {
  const storage = { dataDir: '/', minFreeBytes: 7 };
  const low = { reason: 'low_space', available_space: 1, total_space: 2, threshold: 3 };
  expect(withStorageSizes(new AppError('insufficient_storage', low), storage).data).toMatchObject(low);
  const other = withStorageSizes(new AppError('invalid_state', { reason: 'exists' }), storage);
  expect(other.data).not.toHaveProperty('threshold');
});

test('a data directory that has gone leaves the sizes out', () => {
  const error = new AppError('insufficient_storage', { reason: 'disk_full' });
  const { data } = withStorageSizes(error, { dataDir: '/nonexistent', minFreeBytes: 7 });
  expect(data).toMatchObject({ reason: 'disk_full', threshold: 7 });
  expect(data).not.toHaveProperty('available_space');
});

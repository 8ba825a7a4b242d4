import { Tmpfs } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../src/store/database.ts';
import { RecordingStore } from '../../src/store/recordings.ts';
import { SnapshotStore } from '../../src/store/snapshots.ts';

test('rows go on a full disk too, or what makes room would fail for want of it', async () => {
  await using disk = await Tmpfs.mount(4_000_000);
  const db = openDatabase(disk.join('a.db'));
  const snapshots = new SnapshotStore(db);
  const recordings = new RecordingStore(db);
  db.exec('BEGIN');
  for (let n = 0; n < 100; n++) {
    const times = { captured_at: n, created_at: n };
    snapshots.add({
      ...{ filename: `${n}.jpg`, device: 'camera0', format: 'jpg', size: 1, width: 2, height: 2 },
      ...times,
    });
  }
  recordings.add({
    ...{ filename: 'a.mp4', session_id: 's', device: 'camera0', format: 'mp4', size: 1, duration_ms: 1 },
    ...{ start_at: 1, end_at: 2, created_at: 2, protected: 0, segments: 1 },
  });
  db.exec('COMMIT; PRAGMA wal_checkpoint(PASSIVE)');
  await disk.fill();
  // More than the journal has room for, one by one.
  for (let n = 0; n < 100; n++) snapshots.remove(`${n}.jpg`);
  recordings.remove('a.mp4');
  expect([snapshots.all(), recordings.all()]).toEqual([[], []]);
  closeDatabase(db);
});

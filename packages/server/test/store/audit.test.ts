import { expect, test } from 'vitest';
import { AuditStore, type AuditRow } from '../../src/store/audit.ts';
import { openDatabase } from '../../src/store/database.ts';

const dayMs = 86_400_000;

function row(more: Partial<AuditRow> = {}): Omit<AuditRow, 'id'> {
  return {
    ...{ time: Date.now(), who: 'ann', role: 'admin', remote_address: '192.0.2.1', method: 'set_camera' },
    ...{ device: 'camera0', outcome: 'ok', error_code: null, duration_ms: 1.25, request_id: 'request-1' },
    ...more,
  };
}

test('what is written can neither be changed, nor replaced, nor deleted', () => {
  const db = openDatabase(':memory:');
  const store = new AuditStore(db);
  const id = store.insert(row());
  const before = store.query({ limit: 10, offset: 0 });
  for (const sql of [
    "UPDATE audit SET who = 'nobody'",
    'UPDATE audit SET id = id + 1',
    'DELETE FROM audit',
    `INSERT OR REPLACE INTO audit SELECT id, time, 'nobody', role, remote_address, method, device, outcome, error_code, duration_ms, request_id FROM audit`,
    `UPDATE OR REPLACE audit SET who = 'nobody' WHERE id = ${id}`,
    `INSERT INTO audit SELECT * FROM audit WHERE true ON CONFLICT (id) DO UPDATE SET who = 'nobody'`,
  ]) {
    expect(() => db.exec(sql), sql).toThrow(/the audit log is (?:not changed|kept for 7 days)/);
    expect(store.query({ limit: 10, offset: 0 }), sql).toEqual(before);
  }
});

test('what is older than 7 days can be deleted, a part at a time, and its numbers do not come again', () => {
  const store = new AuditStore(openDatabase(':memory:'));
  const now = Date.now();
  for (const days of [9, 9, 9, 8]) store.insert(row({ time: now - days * dayMs }));
  expect(store.deleteBefore(now - 8.5 * dayMs, 2)).toBe(2);
  expect(store.deleteBefore(now - 8.5 * dayMs, 2)).toBe(1);
  expect(store.query({ limit: 10, offset: 0 }).rows.map(({ id }) => id)).toEqual([4]);
  expect(store.deleteBefore(now - 7.5 * dayMs, 10)).toBe(1);
  expect(store.insert(row())).toBe(5);
});

test('a number can be passed over, also before the first entry', () => {
  const store = new AuditStore(openDatabase(':memory:'));
  expect(store.lastId()).toBe(0);
  store.passOver(41);
  expect(store.insert(row())).toBe(42);
  store.passOver(7);
  expect(store.insert(row())).toBe(43);
  expect(store.lastId()).toBe(43);
});

test('filters, each alone and together; newest first, with the number of all', () => {
  const store = new AuditStore(openDatabase(':memory:'));
  store.insert(row({ time: 1_000 }));
  store.insert(row({ time: 2_000, who: 'Bob', role: 'viewer', outcome: 'refused', error_code: -32002 }));
  store.insert(row({ time: 3_000, who: null, role: null, method: 'login', device: null }));
  store.insert(row({ time: 4_000, device: 'camera1', outcome: 'failed' }));
  const ids = (query: object) => {
    const { rows, total } = store.query({ limit: 10, offset: 0, ...query });
    expect(total).toBe(rows.length);
    return rows.map(({ id }) => id);
  };
  expect(ids({})).toEqual([4, 3, 2, 1]);
  expect(ids({ from: 2_000, to: 4_000 })).toEqual([3, 2]);
  expect(ids({ user: 'bob' })).toEqual([2]);
  expect(ids({ method: 'login' })).toEqual([3]);
  expect(ids({ device: 'camera1' })).toEqual([4]);
  expect(ids({ outcome: 'refused' })).toEqual([2]);
  expect(ids({ cameras: ['camera1'] })).toEqual([4, 3]);
  expect(ids({ cameras: ['camera1'], device: 'camera0' })).toEqual([]);
  // The name of a file that is gone may tell of a camera.
  store.insert(row({ time: 5_000, method: 'GET /files/snapshots/camera0_1.jpg', device: null }));
  expect(ids({ cameras: ['camera1'] })).toEqual([4, 3]);
  expect(ids({ outcome: 'ok', method: 'set_camera', from: 0 })).toEqual([1]);
  expect(store.query({ limit: 2, offset: 1 })).toMatchObject({ total: 5, rows: [{ id: 4 }, { id: 3 }] });
});

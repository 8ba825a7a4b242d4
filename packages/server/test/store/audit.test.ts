import { expect, test } from 'vitest';
import { selectionOf } from '../../src/store/audit-query.ts';
import { AuditStore, type AuditRow } from '../../src/store/audit.ts';
import { openDatabase } from '../../src/store/database.ts';

const dayMs = 86_400_000;

function row(more: Partial<AuditRow> = {}): Omit<AuditRow, 'id'> {
  return {
    ...{ time: Date.now(), who: 'ann', role: 'admin', identity_kind: 'user', key_id: null },
    ...{ remote_address: '192.0.2.1', method: 'set_camera' },
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
    `INSERT OR REPLACE INTO audit SELECT id, time, 'nobody', role, identity_kind, key_id, remote_address, method, device, outcome, error_code, duration_ms, request_id FROM audit`,
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
  store.insert(
    row({ time: 3_000, who: null, role: null, identity_kind: null, method: 'login', device: null }),
  );
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
  expect(ids({ key_id: 'key_1' })).toEqual([]);
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

test('a key is found by its id where a user and another key bear the same name', () => {
  const store = new AuditStore(openDatabase(':memory:'));
  store.insert(row({ who: 'door' }));
  store.insert(row({ who: 'door', identity_kind: 'api_key', key_id: 'key_1' }));
  store.insert(row({ who: 'door', identity_kind: 'api_key', key_id: 'key_2' }));
  expect(store.query({ limit: 10, offset: 0, user: 'door' }).total).toBe(3);
  expect(store.query({ limit: 10, offset: 0, key_id: 'key_2', user: 'door' })).toMatchObject({
    total: 1,
    rows: [{ id: 3, identity_kind: 'api_key', key_id: 'key_2' }],
  });
});

test('pages tell the same number of all, and beyond the last there is nothing', () => {
  const store = new AuditStore(openDatabase(':memory:'));
  for (let n = 0; n < 25; n += 1)
    store.insert(row({ time: n, device: ['camera0', 'camera1', null][n % 3]!, who: n % 2 ? 'ann' : 'bob' }));
  for (const [query, count] of [
    [{}, 25],
    [{ user: 'ann' }, 12],
    [{ user: 'ann', outcome: 'ok', device: 'camera0' }, 4],
    [{ cameras: ['camera0'] }, 17],
    [{ cameras: ['camera0', 'camera1'], from: 10, to: 20 }, 10],
    [{ cameras: ['camera0'], user: 'bob' }, 9],
    [{ cameras: Array.from({ length: 60 }, (_value, at) => `camera${at}`), user: 'bob' }, 13],
  ] as const) {
    const seen: number[] = [];
    for (let offset = 0; offset < 30; offset += 5) {
      const { rows, total } = store.query({ limit: 5, offset, ...query });
      expect(total, `${JSON.stringify(query)} from ${offset}`).toBe(count);
      seen.push(...rows.map(({ id }) => id));
    }
    expect(seen).toEqual([...new Set(seen)].toSorted((one, other) => other - one));
    expect(seen).toHaveLength(count);
  }
});

test('no filter needs a sort, or a look at each entry', () => {
  const db = openDatabase(':memory:');
  const queries = [
    ...[{}, { from: 1 }, { to: 1 }, { user: 'ann' }, { key_id: 'key_1' }, { method: 'login' }],
    ...[{ device: 'camera0' }, { outcome: 'ok' }, { cameras: ['camera0'] }, { cameras: ['camera0'], to: 1 }],
    ...[
      { user: 'ann', from: 1 },
      { user: 'ann', method: 'login', outcome: 'ok', device: 'camera0' },
    ],
  ] as const;
  for (const query of queries) {
    const { sql, values } = selectionOf({ limit: 1, offset: 0, ...query }, () => 1);
    const plan = db
      .prepare(`EXPLAIN QUERY PLAN ${sql} ORDER BY time DESC, id DESC LIMIT 100`)
      .all(...values)
      .map((step) => (step as { detail: string }).detail)
      .join('; ');
    expect(plan, JSON.stringify(query)).not.toContain('TEMP B-TREE');
    const wanted = Object.keys(query).length === 0 ? 'SCAN audit USING INDEX audit_time' : 'SEARCH audit';
    expect(plan, JSON.stringify(query)).toContain(wanted);
  }
});

test('without files the service goes on after its own entries, and what the command line wrote is not passed over', () => {
  const store = new AuditStore(openDatabase(':memory:'));
  expect(store.lastOwnIdBefore(5_000)).toBe(0);
  store.insert(row({ time: 1_000 }));
  store.insert(row({ time: 2_000, who: null, identity_kind: null }));
  store.insert(row({ time: 3_000, who: 'cli:ann', identity_kind: 'cli' }));
  store.insert(row({ time: 6_000 }));
  expect(store.lastOwnIdBefore(5_000)).toBe(2);
});

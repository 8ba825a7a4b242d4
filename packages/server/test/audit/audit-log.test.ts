import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { TempDir, Tmpfs, until } from '@mediamtx-camera-service/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AuditLog, type AuditEntry, type AuditLogDeps } from '../../src/audit/audit-log.ts';
import { noteCommand, noteCommandIn } from '../../src/audit/command-log.ts';
import { AppError } from '../../src/errors.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';

const dayMs = 86_400_000;
let dir: TempDir;
let db: Database;
const logged: { level: number; msg: string }[] = [];
const log = pino({ level: 'info' }, { write: (line) => void logged.push(JSON.parse(line)) });
const open: AuditLog[] = [];

beforeEach(async () => {
  dir = await TempDir.create();
  db = openDatabase(dir.join('test.db'));
  logged.length = 0;
});
afterEach(async () => {
  for (const audit of open.splice(0)) audit.stop();
  db.close();
  await dir[Symbol.asyncDispose]();
});

function start(more: Partial<AuditLogDeps> = {}): AuditLog {
  const audit = new AuditLog({
    db,
    dir: dir.join('audit'),
    config: { audit: 'control', audit_days: 90 },
    resolve: (device) => (device === '/dev/video3' ? 'camera7' : undefined),
    userNamed: (name) => (name.toLowerCase() === 'ann' ? 'ann' : undefined),
    log,
    ...more,
  });
  open.push(audit);
  audit.start();
  return audit;
}

function entry(more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    ...{ who: 'ann', role: 'admin', identity_kind: 'user', key_id: null, remote_address: '192.0.2.1' },
    ...{ method: 'set_camera', device: 'camera0' },
    ...{ outcome: 'ok', error_code: null, duration_ms: 1.25, request_id: 'request-1', isLogin: false },
    ...more,
  };
}

const fileNames = (at = dir.join('audit')) => readdirSync(at).sort();
const linesOf = (name: string) => readFileSync(dir.join('audit', name), 'utf8').split('\n').slice(0, -1);

/** What the files say, in the order of their days, as rows of the table. */
function rowsOfFiles(): unknown[] {
  return fileNames()
    .flatMap(linesOf)
    .map((line) => JSON.parse(line) as { time: string })
    .map(({ time, ...rest }) => ({ ...rest, time: Date.parse(time) }));
}

const rowsOfTable = (): unknown[] =>
  db
    .prepare('SELECT * FROM audit ORDER BY id')
    .all()
    .map((row) => ({ ...(row as object) }));

test('table and files say the same; the file is for its owner alone', () => {
  const audit = start();
  for (let n = 1; n <= 20; n += 1) audit.write(entry({ request_id: `request-${n}`, device: null }));
  audit.write(entry({ outcome: 'refused', error_code: -32002, who: 'vera', role: 'viewer' }));
  expect(rowsOfFiles()).toEqual(rowsOfTable());
  expect(rowsOfTable()).toHaveLength(21);
  const [name] = fileNames();
  expect(name).toBe(`audit-${new Date().toISOString().slice(0, 10)}.jsonl`);
  expect(statSync(dir.join('audit', name!)).mode & 0o777).toBe(0o600);
  expect(audit.counts).toMatchObject({ ok: 20, refused: 1, failed: 0, lost: 0 });
});

test('a file a day; what is too old goes from table and files, at the start', async () => {
  const clock = { now: Date.now() - 12 * dayMs };
  const at = { now: () => clock.now, config: { audit: 'control', audit_days: 10 } as const };
  const audit = start(at);
  for (let day = 0; day < 12; day += 1, clock.now += dayMs) audit.write(entry({ request_id: `day ${day}` }));
  expect(fileNames()).toHaveLength(12);
  expect(rowsOfFiles()).toEqual(rowsOfTable());
  audit.stop();
  const next = start(at);
  await next.prune();
  expect(rowsOfTable().map((row) => (row as { request_id: string }).request_id)[0]).toBe('day 2');
  expect(rowsOfTable()).toHaveLength(10);
  // The day in whose course the limit falls stays whole.
  expect(fileNames()).toHaveLength(10);
  expect(rowsOfFiles()).toEqual(rowsOfTable());
});

test('texts of callers are bounded, hold no secrets, and stay one line that no terminal obeys', () => {
  const audit = start();
  const nasty = 'x\n{"id":99,"who":"root"}\r\u001b[2J\u2028\u202e\ud800\u0000';
  audit.write(
    entry({
      who: nasty,
      method: `GET /files/${nasty}`,
      remote_address: `${nasty}csk_abcdefghijklmnop`,
      device: audit.deviceOf(`${nasty}${'y'.repeat(100_000)}`),
    }),
  );
  const [name] = fileNames();
  const text = readFileSync(dir.join('audit', name!), 'utf8');
  expect(text.split('\n')).toHaveLength(2);
  expect(text).toMatch(/^[^\p{Cc}\u2028\u2029\u202a-\u202e\p{Cs}]*\n$/u);
  expect(text).not.toContain('csk_abc');
  const [row] = audit.query({ limit: 1, offset: 0 }).rows;
  expect(row!.who).toBe('x\\u000a{"id":99,"who":"root"}\\u000d\\u001b[2J\\u2028\\u202e\\ud800\\u0000');
  expect(row!.device).toHaveLength(64);
  expect(rowsOfFiles()).toEqual(rowsOfTable());
});

test('a node is held as its camera; a user who is none is not named', () => {
  const audit = start();
  expect(audit.deviceOf('/dev/video3')).toBe('camera7');
  expect(audit.deviceOf('/dev/video4')).toBe('/dev/video4');
  expect(audit.deviceOf('')).toBeNull();
  expect(audit.deviceOf(undefined)).toBeNull();
  expect(audit.userNamed('ANN')).toBe('ann');
  expect(audit.userNamed('my password, in the wrong field')).toBeNull();
  expect(audit.userNamed({})).toBeNull();
});

test('who has no login can not fill the disk, and hides nobody else by trying', () => {
  const audit = start();
  const refused = { outcome: 'refused', who: null, role: null, error_code: -32001 } as const;
  for (let n = 0; n < 3_000; n += 1) {
    const outcome = n % 2 === 0 ? 'refused' : 'failed';
    audit.write(entry({ ...refused, outcome, remote_address: '198.51.100.9' }));
  }
  audit.write(entry({ ...refused, remote_address: '192.0.2.77' }));
  audit.write(entry({ outcome: 'refused', remote_address: '198.51.100.9' }));
  const { failed, refused: held, leftOut } = audit.counts;
  expect(failed + held + leftOut).toBe(3_002);
  expect(leftOut).toBeGreaterThan(1_500);
  expect(audit.query({ limit: 2, offset: 0 }).rows.map((row) => row.remote_address)).toEqual([
    '198.51.100.9',
    '192.0.2.77',
  ]);
  expect(
    logged.filter(({ msg }) => msg === 'more calls without a login than the audit log holds'),
  ).toHaveLength(1);
});

describe('after a kill', () => {
  test('what the file lacks is written at the next start, once', () => {
    const audit = start();
    for (let n = 1; n <= 5; n += 1) audit.write(entry({ request_id: `request-${n}` }));
    audit.stop();
    const file = dir.join('audit', fileNames()[0]!);
    const whole = readFileSync(file, 'utf8');
    const cuts = [0, 1, whole.indexOf('\n'), whole.indexOf('\n') + 1, whole.length - 1, whole.length - 30];
    for (const size of cuts) {
      truncateSync(file, size);
      start().stop();
      expect(readFileSync(file, 'utf8'), `cut at ${size}`).toBe(whole);
    }
  });

  test('a file that is gone begins anew with the entries of today', () => {
    const clock = { now: Date.now() - dayMs };
    const audit = start({ now: () => clock.now });
    audit.write(entry({ request_id: 'yesterday' }));
    clock.now += dayMs;
    audit.write(entry({ request_id: 'today' }));
    audit.stop();
    rmSync(dir.join('audit'), { recursive: true });
    start({ now: () => clock.now }).stop();
    expect(rowsOfFiles()).toMatchObject([{ request_id: 'today' }]);
  });

  test('a file that has more than the table keeps its numbers, and a line of somebody else is passed over', () => {
    const audit = start();
    audit.write(entry());
    audit.stop();
    const name = fileNames()[0]!;
    const line = JSON.stringify({ ...(JSON.parse(linesOf(name)[0]!) as object), id: 10 });
    appendFileSync(dir.join('audit', name), `${line}\nnot JSON\n`);
    const next = start();
    expect(logged.filter(({ level }) => level === 40)).toHaveLength(1);
    next.write(entry({ request_id: 'after' }));
    expect(rowsOfTable()).toMatchObject([{ id: 1 }, { id: 11, request_id: 'after' }]);
    expect(JSON.parse(linesOf(name).at(-1)!)).toMatchObject({ id: 11 });
  });
});

describe('what another program writes to the table', () => {
  const command = { method: 'create_user', startedMs: 0 };

  test('gets into the file once and in order, by the next entry or when the change is noticed', () => {
    const audit = start();
    const other = openDatabase(dir.join('test.db'));
    audit.write(entry({ request_id: 'first' }));
    noteCommand(other, command);
    noteCommand(other, { ...command, error: new AppError('invalid_state', { reason: 'last_admin' }) });
    expect(rowsOfFiles()).toHaveLength(1);
    audit.write(entry({ request_id: 'fourth' }));
    expect(rowsOfFiles()).toEqual(rowsOfTable());
    noteCommand(other, command);
    audit.followOthers();
    audit.followOthers();
    expect(rowsOfFiles()).toEqual(rowsOfTable());
    expect(rowsOfTable()).toMatchObject([
      { request_id: 'first' },
      { identity_kind: 'cli', who: expect.stringMatching(/^cli:./), remote_address: 'local', outcome: 'ok' },
      { identity_kind: 'cli', outcome: 'failed', error_code: -32020 },
      { request_id: 'fourth' },
      { identity_kind: 'cli' },
    ]);
    other.close();
  });

  test('while no service runs gets there at the next start, also before the first', () => {
    noteCommandIn(dir.join('.'), command);
    const own = openDatabase(dir.join('camera-service.db'));
    const rows = () => own.prepare('SELECT id, method FROM audit ORDER BY id').all();
    start({ db: own, now: () => Date.now() + dayMs }).stop();
    noteCommandIn(dir.join('.'), { ...command, method: 'camera-service link' });
    start({ db: own }).stop();
    start({ db: own }).stop();
    expect(rowsOfFiles().map((row) => (row as { id: number }).id)).toEqual([1, 2]);
    expect(rows()).toHaveLength(2);
    own.close();
  });
});

describe('on a full disk', () => {
  test('the files catch up when there is room again; nothing is lost, and it is told once each way', async () => {
    await using disk = await Tmpfs.mount(1_000_000);
    const told: (string | undefined)[] = [];
    const audit: AuditLog = start({
      dir: disk.join('audit'),
      onProblem: () => void told.push(audit.problem),
    });
    audit.write(entry({ request_id: 'before' }));
    const filler = await disk.fill(100);
    for (let n = 0; n < 50; n += 1) audit.write(entry({ request_id: `full ${n}` }));
    expect(audit.problem).toBe("the files of the audit log can't be written (the disk is full)");
    expect(audit.counts).toMatchObject({ ok: 51, lost: 0 });
    const file = join(disk.join('audit'), fileNames(disk.join('audit'))[0]!);
    // Whatever had room: no line is torn.
    for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) JSON.parse(line);
    expect(readFileSync(file, 'utf8').endsWith('\n')).toBe(true);
    rmSync(filler);
    await until(() => {
      audit.write(entry({ request_id: 'after' }));
      return audit.problem === undefined;
    });
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    expect(lines.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual(
      rowsOfTable().map((row) => (row as { id: number }).id),
    );
    expect(told).toEqual([expect.stringContaining('full'), undefined]);
    expect(logged.map(({ msg }) => msg)).toEqual([
      "the audit log can't be written",
      'the audit log is written again',
    ]);
  });

  test('what the table has no room for is lost, counted and told, and no call fails by it', async () => {
    await using disk = await Tmpfs.mount(1_000_000);
    const full = openDatabase(disk.join('full.db'));
    const audit = start({ db: full });
    audit.write(entry());
    const filler = await disk.fill();
    await until(() => {
      audit.write(entry());
      return audit.counts.lost >= 3;
    });
    expect(audit.problem).toBe("the audit log can't be written (the disk is full): 3 entries are lost");
    expect(logged.filter(({ level }) => level === 50)).toHaveLength(1);
    rmSync(filler);
    audit.write(entry());
    expect(audit.problem).toBeUndefined();
    const { total, rows } = audit.query({ limit: 1, offset: 0 });
    expect(total).toBe(audit.counts.ok);
    // The numbers have no holes, so that a missing line would be seen.
    expect(rows[0]!.id).toBe(total);
    audit.stop();
    full.close();
  });
});

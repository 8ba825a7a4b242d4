import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { methods, type AuditEntry } from '@mediamtx-camera-service/protocol';
import { type RawClient, Service, until } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRawDatabase } from '../../src/store/database.ts';
import { parseExposition } from '../metrics/exposition.ts';

let service: Service;
let admin: RawClient;
beforeAll(async () => {
  service = await Service.start({ testCameras: 2, env: { CAMERA_SERVICE_HEALTH_METRICS: 'true' } });
  admin = await service.rawClient('admin');
});
afterAll(async () => service?.[Symbol.asyncDispose]());

interface Page {
  entries: AuditEntry[];
  total: number;
}

const auditLog = (params: object = {}, client = admin) => client.result<Page>('get_audit_log', params);
const short = ({ who, method, device, outcome, error_code }: AuditEntry) => [
  who,
  method,
  device,
  outcome,
  error_code,
];
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function newKey(name: string, more: object = {}): Promise<string> {
  const { key } = await admin.result<{ key: string }>('create_api_key', { name, role: 'viewer', ...more });
  return key;
}

async function post(method: string, params: object, headers: Record<string, string>): Promise<void> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const type = { 'content-type': 'application/json' };
  const reply = await fetch(`${service.httpUrl}/rpc`, {
    method: 'POST',
    headers: { ...type, ...headers },
    body,
  });
  await reply.text();
}

async function get(path: string, headers: Record<string, string> = {}): Promise<number> {
  const reply = await fetch(service.httpUrl + path, { headers, redirect: 'manual' });
  await reply.arrayBuffer();
  return reply.status;
}

/** The same, and its entry is there: it comes after the answer. */
async function getAudited(path: string, headers: Record<string, string> = {}): Promise<number> {
  const before = written().rows.length;
  const status = await get(path, headers);
  await until(() => written().rows.length > before);
  return status;
}

/** The rows of the table, and the lines of the files as rows. */
function written(): { rows: unknown[]; lines: unknown[] } {
  const db = openRawDatabase(join(service.dataDir, 'camera-service.db'));
  const rows = db.prepare('SELECT * FROM audit ORDER BY id').all();
  db.close();
  const dir = join(service.dataDir, 'audit');
  const texts = readdirSync(dir)
    .sort()
    .map((name) => readFileSync(join(dir, name), 'utf8'));
  const lines = texts.join('').trimEnd().split('\n');
  return {
    rows: rows.map((row) => ({ ...(row as object) })),
    lines: lines.map((line) => {
      const { time, ...rest } = JSON.parse(line) as { time: string };
      return { ...rest, time: Date.parse(time) };
    }),
  };
}

describe('the audit log', () => {
  test('tells who did what, by socket, by POST and over HTTP, and how it ended', async () => {
    const from = new Date().toISOString();
    const key = { 'x-api-key': await newKey('reader') };
    const { download_url: link, filename } = await admin.result<Record<string, string>>('take_snapshot', {
      device: 'camera0',
    });
    await admin.call('stop_recording', { device_path: 'camera1' });
    await using viewer = await service.rawClient();
    await viewer.login(key['x-api-key']);
    await viewer.call('take_snapshot', { device: 'camera1' });
    await viewer.call('get_camera_list');
    await post('delete_snapshot', { filename: 'none.jpg' }, key);
    await post('get_camera_status', { device: 'camera0' }, {});
    await viewer.login('not a token');
    expect(await getAudited(`/files/snapshots/${filename}`, key)).toBe(200);
    expect(await getAudited(`/files/snapshots/${filename}`)).toBe(401);
    expect(await getAudited(link!.replace(/^https?:\/\/[^/]+/, ''))).toBe(200);
    expect(await getAudited('/login?code=wrong')).toBe(303);
    await admin.result('delete_snapshot', { filename });

    const page = await auditLog({ from, limit: 1000 });
    const entries = page.entries.filter(({ method }) => method !== 'get_audit_log');
    expect(entries.toReversed().map(short)).toEqual([
      [expect.any(String), 'create_api_key', null, 'ok', null],
      [expect.any(String), 'take_snapshot', 'camera0', 'ok', null],
      [expect.any(String), 'stop_recording', 'camera1', 'failed', -32020],
      ['reader', 'authenticate', null, 'ok', null],
      ['reader', 'take_snapshot', 'camera1', 'refused', -32002],
      ['reader', 'delete_snapshot', null, 'refused', -32002],
      [null, 'get_camera_status', 'camera0', 'refused', -32001],
      ['reader', 'authenticate', null, 'refused', -32001],
      ['reader', `GET /files/snapshots/${filename}`, 'camera0', 'ok', null],
      [null, `GET /files/snapshots/${filename}`, 'camera0', 'refused', -32001],
      [entries.at(-1)!.who, `GET /files/snapshots/${filename}`, 'camera0', 'ok', null],
      [null, 'GET /login', null, 'refused', -32001],
      [expect.any(String), 'delete_snapshot', 'camera0', 'ok', null],
    ]);
    for (const entry of entries) {
      expect(entry.remote_address).toMatch(/127\.0\.0\.1$/);
      expect(Date.parse(entry.time)).toBeGreaterThanOrEqual(Date.parse(from));
      expect(entry.duration_ms).toBeGreaterThanOrEqual(0);
      expect(entry.request_id).not.toBe('');
    }
    expect(JSON.stringify([entries, service.log])).not.toContain(key['x-api-key']);

    const count = async (filter: object) => (await auditLog({ from, ...filter })).total;
    expect(await count({ user: 'reader' })).toBe(5);
    expect(await count({ outcome: 'refused' })).toBe(6);
    expect(await count({ device: 'camera1' })).toBe(2);
    expect(await count({ method: 'take_snapshot', outcome: 'ok' })).toBe(1);
    expect(await count({ to: from })).toBe(0);
    const lastRefused = await auditLog({ from, outcome: 'refused', limit: 1, offset: 5 });
    expect(lastRefused).toMatchObject({ total: 6, limit: 1, offset: 5 });
    expect(lastRefused.entries).toEqual(entries.filter(({ outcome }) => outcome === 'refused').slice(-1));
  });

  test('a limited admin is told of nothing that is about cameras it may not view', async () => {
    await admin.call('take_snapshot', { device: 'camera1' });
    await admin.call('get_audit_log', { device: 'camera1' });
    await using limited = await service.rawClient();
    await limited.login(await newKey('limited', { role: 'admin', cameras: ['camera0'] }));
    const page = await auditLog({ limit: 1000 }, limited);
    expect(page.total).toBe(page.entries.length);
    const devices = new Set(page.entries.map(({ device }) => device));
    expect(devices).toEqual(new Set([null, 'camera0']));
    expect((await limited.call('get_audit_log', { device: 'camera1' })).error?.code).toBe(-32010);
  });

  test('lines and rows say the same, also after a kill in the midst of calls', async () => {
    const compare = () => {
      const { rows, lines } = written();
      expect(lines).toEqual(rows);
      expect(rows.map((row) => (row as { id: number }).id)).toEqual(rows.map((_row, at) => at + 1));
      return rows.length;
    };
    const before = compare();
    const dir = join(service.dataDir, 'audit');
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
    await using other = await service.rawClient('admin');
    let replies = 0;
    other.socket.on('message', () => (replies += 1));
    for (let n = 0; n < 2_000; n += 1) {
      other.send({ jsonrpc: '2.0', id: n, method: 'revoke_api_key', params: { key_id: 'key_none' } });
    }
    await until(() => replies > 100, { intervalMs: 1 });
    await service.kill();
    const { rows, lines } = written();
    expect(Math.abs(rows.length - lines.length)).toBeLessThanOrEqual(1);
    // What was answered was written before.
    expect(rows.length).toBeGreaterThanOrEqual(before + replies);
    await service.startAgain();
    admin = await service.rawClient('admin');
    expect(compare()).toBeGreaterThanOrEqual(rows.length);
  });
});

describe('metrics', () => {
  test('get_metrics is plausible while a camera is recorded', async () => {
    await admin.result('start_recording', { device: 'camera0' });
    const report = await until(async () => {
      const result = methods.get_metrics.result.parse(await admin.result('get_metrics'));
      const { live, fps, bitrate } = result.camera_metrics.cameras['camera0']!;
      return live && fps > 0 && bitrate > 0 && result.stream_metrics.ready > 0 && result;
    });
    expect(report).toMatchObject({
      active_connections: 1,
      camera_metrics: { total: 2, connected: 2, live: 1 },
      recording_metrics: { active: 1 },
    });
    expect(report.total_requests).toBeGreaterThan(1);
    expect(report.memory_usage).toBeGreaterThan(0);
    expect(report.disk_usage).toBeGreaterThan(0);
    expect(report.average_response_time).toBeGreaterThan(0);
    expect(report.system_metrics.process_memory).toBeGreaterThan(10_000_000);
    const { error } = await admin.call('get_camera_status', { device: 'camera9' });
    expect(error).toBeDefined();
    const next = methods.get_metrics.result.parse(await admin.result('get_metrics'));
    expect(next.system_metrics.failed_requests).toBe(report.system_metrics.failed_requests + 1);
    expect(next.error_rate).toBeGreaterThan(0);
  });

  test('a limited admin gets the figures of its cameras alone', async () => {
    await using limited = await service.rawClient();
    await limited.login(await newKey('limited metrics', { role: 'admin', cameras: ['camera1'] }));
    expect(await limited.result('get_metrics')).toMatchObject({
      camera_metrics: { total: 1, live: 0, cameras: { camera1: { live: false } } },
      recording_metrics: { active: 0, total: 0, snapshots: 1 },
      stream_metrics: { readers: 0, bytes_sent: 0 },
    });
  });

  test('/metrics needs a login, and names only the cameras of the caller', async () => {
    const key = await newKey('prometheus', { cameras: ['camera0'] });
    expect(await get('/metrics')).toBe(401);
    // A camera is live before its capture tells the first frames.
    const framesOf = async () => {
      const text = await (await fetch(`${service.httpUrl}/metrics`, { headers: bearer(key) })).text();
      return parseExposition(text).get('camera_service_camera_frames_total')!.samples[0]!.value;
    };
    await until(async () => (await framesOf()) > 0, { what: 'frames of the capture' });
    for (const headers of [bearer(key), { 'x-api-key': key }]) {
      const reply = await fetch(`${service.httpUrl}/metrics`, { headers });
      expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      const text = await reply.text();
      const families = parseExposition(text);
      const cameras = [...families.values()].flatMap(({ samples }) =>
        samples.map(({ labels }) => labels['camera']),
      );
      expect(new Set(cameras.filter(Boolean))).toEqual(new Set(['camera0']));
      expect(text).not.toContain('camera1');
      const value = (name: string) => families.get(`camera_service_${name}`)!.samples[0]!.value;
      expect(value('camera_live')).toBe(1);
      expect(value('camera_recording')).toBe(1);
      expect(value('mediamtx_up')).toBe(1);
      expect(value('recordings_active')).toBe(1);
      expect(value('camera_frames_total')).toBeGreaterThan(0);
      expect(value('notifications_sent_total')).toBeGreaterThan(0);
    }
    const all = parseExposition(
      await (
        await fetch(`${service.httpUrl}/metrics`, { headers: bearer(await service.token('viewer')) })
      ).text(),
    );
    expect(all.get('camera_service_camera_up')!.samples.map(({ labels }) => labels['camera'])).toEqual([
      'camera0',
      'camera1',
    ]);
  });

  test('on the health port they need no login and name no camera', async () => {
    const reply = await fetch(service.ready.health_url.replace('/health', '/metrics'));
    const text = await reply.text();
    expect(text).not.toMatch(/camera\d/);
    expect(parseExposition(text).get('camera_service_cameras')!.samples).toMatchObject([{ value: 2 }]);
    await admin.call('stop_recording', { device: 'camera0' });
    await using other = await Service.start({ testCameras: 0 });
    expect((await fetch(other.ready.health_url.replace('/health', '/metrics'))).status).toBe(404);
  });
});

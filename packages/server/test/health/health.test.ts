import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pino } from 'pino';
import { startingReport, type HealthReport } from '../../src/health/report.ts';
import { HealthServer } from '../../src/health/server.ts';

const log = pino({ level: 'silent' });
const paths = ['', '/live', '/ready', '/detailed', '/system', '/cameras', '/mediamtx'].map(
  (path) => `/health${path}`,
);

let report: () => HealthReport;
let server: HealthServer;

beforeEach(async () => {
  report = () => startingReport({ uptimeSeconds: 3, version: '1.2.3' });
  server = new HealthServer({
    config: { host: '127.0.0.1', port: 0 },
    source: { report: () => report() },
    log,
  });
  await server.start();
});

afterEach(() => server.stop());

function healthy(): HealthReport {
  return {
    ...startingReport({ uptimeSeconds: 60, version: '1.2.3' }),
    status: 'HEALTHY',
    isStarting: false,
    components: { websocket_server: 'RUNNING', camera_monitor: 'RUNNING', mediamtx: 'RUNNING' },
    cameras: { total: 2, connected: 1, live: 1, recording: 0 },
    mediamtx: { mode: 'managed', version: 'v1.20.1', restarts: 0 },
  };
}

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const reply = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

test('before the other parts are there: alive and starting, not ready', async () => {
  expect(await get('/health')).toMatchObject({ status: 200, body: { status: 'starting', uptime: 3 } });
  expect(await get('/health/live')).toMatchObject({ status: 200, body: { status: 'alive' } });
  expect(await get('/health/ready')).toMatchObject({
    status: 503,
    body: { status: 'not_ready', ready: false, details: { status: 'starting' } },
  });
  expect(await get('/health/mediamtx')).toMatchObject({ status: 200, body: { status: 'starting' } });
});

test('healthy', async () => {
  report = healthy;
  expect(await get('/health')).toMatchObject({ status: 200, body: { status: 'healthy' } });
  expect(await get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready', ready: true } });
  expect(await get('/health/cameras')).toMatchObject({
    body: { status: 'healthy', details: { total: 2, live: 1 } },
  });
  expect(await get('/health/system')).toMatchObject({
    body: { details: { process_memory: expect.any(Number) } },
  });
  for (const path of paths) {
    const { body } = await get(path);
    expect(body['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
});

test('degraded is ready and says why', async () => {
  const problems = [{ component: 'camera_monitor', reason: 'camera1 is gone' }];
  report = () => ({ ...healthy(), status: 'DEGRADED', problems });
  expect(await get('/health')).toMatchObject({ status: 200, body: { status: 'degraded' } });
  expect(await get('/health/ready')).toMatchObject({ status: 200, body: { details: { problems } } });
  expect(await get('/health/cameras')).toMatchObject({ body: { status: 'degraded', problems } });
  expect(await get('/health/mediamtx')).toMatchObject({ body: { status: 'healthy', problems: [] } });
});

test('a part that is down is 503', async () => {
  report = () => ({
    ...healthy(),
    status: 'UNHEALTHY',
    components: { ...healthy().components, mediamtx: 'ERROR' },
  });
  for (const path of ['/health', '/health/ready', '/health/detailed', '/health/mediamtx']) {
    expect((await get(path)).status).toBe(503);
  }
  expect((await get('/health/live')).status).toBe(200);
});

test('a source that fails is unhealthy, without its words', async () => {
  report = () => {
    throw new Error('secret detail');
  };
  const { status, body } = await get('/health');
  expect(status).toBe(503);
  expect(body).toEqual({ status: 'unhealthy', timestamp: expect.any(String) });
  expect((await get('/health/live')).status).toBe(200);
});

test('other paths are 404', async () => {
  expect((await get('/')).status).toBe(404);
});

describe('a taken port', () => {
  test('is an error where it was configured', async () => {
    const source = { report: () => report() };
    const second = new HealthServer({ config: { host: '127.0.0.1', port: server.port! }, source, log });
    await expect(second.start()).rejects.toThrow(/in use by process \d+ .*choose another with health\.port/);
    await second.stop();
  });

  test('is passed over where none was configured', async () => {
    const source = { report: () => report() };
    const servers = [0, 1].map(() => new HealthServer({ config: { host: '127.0.0.1' }, source, log }));
    for (const each of servers) await each.start();
    const ports = servers.map(({ port }) => port!);
    expect(ports[0]).toBeGreaterThanOrEqual(8003);
    expect(ports[1]).toBeGreaterThan(ports[0]!);
    await Promise.all(servers.map((each) => each.stop()));
  });
});

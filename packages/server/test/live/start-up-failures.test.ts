import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import {
  Service,
  TempDir,
  Tmpfs,
  type RawClient,
  type ServiceOptions,
} from '@mediamtx-camera-service/testkit';
import { describe, expect, test } from 'vitest';

const device = 'camera0';
const missing = '/nowhere/program';

describe('what keeps the service from starting is told in one line, and it ends', () => {
  test('another instance on the same data directory; that one lives on', async () => {
    await using first = await Service.start();
    const { code, stderr } = await failedStart({ dataDir: first.dataDir });
    expect(code).toBe(1);
    expect(stderr).toContain(`${first.dataDir} is in use by another instance (process ${first.pid})`);
    expect(stderr).toContain('--data-dir');
    await using client = await first.rawClient('operator');
    expect(await client.result('take_snapshot', { device })).toMatchObject({ status: 'SUCCESS' });
  });

  test('a data directory that can not be written to, whether it is new or has been used', async () => {
    await using disk = await Tmpfs.mount(16 * 1024 * 1024);
    const used = disk.join('used');
    await using first = await Service.start({ dataDir: used });
    await first.stop();
    await disk.makeReadOnly();
    for (const dataDir of [used, disk.join('new')]) {
      const { code, stderr } = await failedStart({ dataDir });
      expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
      expect(stderr).toMatch(new RegExp(`^camera-service: the data directory ${dataDir} can't be`));
    }
  });

  test('a configuration with five mistakes: all are told, and where they stand', async () => {
    await using dir = await TempDir.create();
    const file = dir.join('config.yaml');
    const mistakes = [
      'server:',
      '  colour: red',
      'camera:',
      '  test_resolution: big',
      'capture:',
      '  fps: fast',
      'videos: {}',
    ];
    await writeFile(file, mistakes.join('\n'));
    const env = { CAMERA_SERVICE_STORAGE_MIN_FREE: 'much' };
    const { code, stderr } = await failedStart({ args: ['--config', file], env });
    expect(code).toBe(78);
    for (const words of [
      'the configuration has 5 mistakes',
      'server.colour: there is no such key',
      /camera\.test_resolution: .*must be WIDTHxHEIGHT/,
      /capture\.fps: .*number/,
      'videos: there is no such key',
      /storage\.min_free: .*\(from CAMERA_SERVICE_STORAGE_MIN_FREE\)/,
    ]) {
      expect(stderr).toMatch(words);
    }
  });

  test('a configuration file that is not there or is no YAML', async () => {
    await using dir = await TempDir.create();
    const file = dir.join('config.yaml');
    expect(await failedStart({ args: ['--config', file] })).toMatchObject({
      code: 78,
      stderr: expect.stringContaining(file) as unknown,
    });
    await writeFile(file, 'server: [1, 2\n  port: : 5');
    expect(await failedStart({ args: ['--config', file] })).toMatchObject({
      code: 78,
      stderr: expect.stringContaining(file) as unknown,
    });
  });

  test.each(['--port', '--health-port'])(
    '%s is taken: it is told by whom, and how to take another',
    async (option) => {
      const holder = createServer().listen(0, '127.0.0.1');
      await once(holder, 'listening');
      try {
        const { port } = holder.address() as AddressInfo;
        const { code, stderr } = await failedStart({ args: [option, String(port)] });
        expect(code).toBe(1);
        expect(stderr).toContain(`port 127.0.0.1:${port} is in use by process ${process.pid}`);
        expect(stderr).toMatch(
          option === '--port'
            ? /choose another with --port or server\.port/
            : /choose another with .*health\.port/,
        );
      } finally {
        holder.close();
      }
    },
  );

  test.each([
    ['an option that does not exist', ['--colour', 'red'], /unknown option '--colour'/],
    ['a port that is none', ['--port', '99999'], /a port is a whole number from 0 to 65535/],
    ['a number of test cameras that is none', ['--test-cameras', 'many'], /a whole number, or auto/],
  ])('%s', async (_what, args, words) => {
    const { code, stderr } = await failedStart({ args });
    expect(code).toBe(2);
    expect(stderr).toMatch(words);
  });

  test('a secret that is too short', async () => {
    const { code, stderr } = await failedStart({ env: { CAMERA_SERVICE_JWT_SECRET: 'short' } });
    expect(code).toBe(78);
    expect(stderr).toMatch(/security\.jwt_secret: .*at least 32/);
    expect(stderr).not.toContain('short\n');
  });
});

test('without MediaMTX the service is up, lists and snaps, says why it is degraded, and refuses what needs it', async () => {
  await using service = await Service.start({
    mediamtx: 'managed',
    env: { CAMERA_SERVICE_MEDIAMTX_BINARY: missing },
  });
  await using client = await service.rawClient('admin');
  expect(await client.result('get_camera_list')).toMatchObject({
    cameras: [{ device, status: 'CONNECTED' }],
  });
  const status = await client.result('get_status');
  expect(status).toMatchObject({
    status: 'UNHEALTHY',
    components: { websocket_server: 'RUNNING', mediamtx: 'ERROR' },
  });
  expect(reasonsOf(status, 'mediamtx')).toContain(missing);
  expect(await client.result('get_system_status')).toMatchObject({
    status: 'partial',
    available_cameras: [device],
  });
  expect(await client.result('take_snapshot', { device })).toMatchObject({ capture_method: 'direct' });
  for (const [method, params] of [
    ['start_streaming', { device }],
    ['start_recording', { device }],
    ['get_stream_url', { device }],
    ['get_streams', {}],
    ['create_stream', { name: 'a', source: 'rtsp://127.0.0.1:9/a' }],
  ] as const) {
    const { error } = await client.call(method, params);
    expect(error, method).toMatchObject({
      code: -32050,
      data: { dependency: 'mediamtx', detail: expect.any(String) as unknown },
    });
  }
  expect(await client.result('get_camera_status', { device })).toMatchObject({ recording: false });
  expect(await healthOf(service, '/health/live')).toMatchObject({ statusCode: 200, live: true });
  expect(await healthOf(service, '/health/ready')).toMatchObject({ statusCode: 503, ready: false });
  expect(await healthOf(service, '/health/mediamtx')).toMatchObject({
    statusCode: 503,
    status: 'unhealthy',
    details: { state: 'ERROR' },
  });
  expect(await healthOf(service, '/health/cameras')).toMatchObject({
    statusCode: 200,
    status: 'healthy',
    details: { connected: 1 },
  });
});

describe('without ffmpeg the service is up, lists, says why it is degraded, and refuses pictures', () => {
  test('where the configured one is missing', async () => {
    const env = { CAMERA_SERVICE_CAPTURE_FFMPEG: missing, CAMERA_SERVICE_SNAPSHOTS_FFMPEG: missing };
    await using service = await Service.start({ env });
    await using client = await service.rawClient('admin');
    await expectNoPictures(service, client, missing);
  });

  test('where it is neither on PATH nor in the cache', async () => {
    await using dir = await TempDir.create();
    await mkdir(dir.join('bin'));
    const cache = process.env['XDG_CACHE_HOME'] ?? `${process.env['HOME']}/.cache`;
    const binary = `${cache}/mediamtx-camera-service/mediamtx/v1.20.1/mediamtx`;
    const env = { PATH: dir.join('bin'), XDG_CACHE_HOME: dir.path, CAMERA_SERVICE_MEDIAMTX_BINARY: binary };
    await using service = await Service.start({ env });
    await using client = await service.rawClient('admin');
    await expectNoPictures(service, client, 'ffmpeg is not installed');
  });
});

async function expectNoPictures(service: Service, client: RawClient, reason: string): Promise<void> {
  expect(await client.result('get_camera_list')).toMatchObject({ cameras: [{ device }] });
  const status = await client.result('get_status');
  expect(status).toMatchObject({ status: 'DEGRADED', components: { mediamtx: 'RUNNING' } });
  expect(reasonsOf(status, 'ffmpeg')).toContain(reason);
  const { error } = await client.call('take_snapshot', { device });
  expect(error).toMatchObject({
    code: -32050,
    data: { dependency: 'ffmpeg', suggestion: expect.stringContaining('npm start') as unknown },
  });
  expect(error!.data['detail'] as string).toContain(reason);
  const { problems, ...health } = await healthOf(service, '/health/detailed');
  expect(health).toMatchObject({ statusCode: 200, status: 'degraded' });
  expect(problems).toContainEqual(expect.objectContaining({ component: 'ffmpeg' }));
  expect(await healthOf(service, '/health/ready')).toMatchObject({ statusCode: 200, ready: true });
}

async function failedStart(options: ServiceOptions): Promise<{ code: number | null; stderr: string }> {
  await using service = await Service.launch({
    mediamtx: 'managed',
    ...options,
    args: ['--log-level', 'silent', ...(options.args ?? [])],
  });
  const { code } = await service.program.exited;
  return { code, stderr: service.program.stderr };
}

function reasonsOf(status: Record<string, unknown>, component: string): string {
  const problems = status['problems'] as { component: string; reason: string }[];
  return problems.flatMap((problem) => (problem.component === component ? [problem.reason] : [])).join('\n');
}

/** The answer on the health port, which must be the one on the service's own port too. */
async function healthOf(service: Service, path: string): Promise<Record<string, unknown>> {
  const bases = [service.ready.health_url.replace(/\/health$/, ''), service.httpUrl];
  const [answer, other] = await Promise.all(
    bases.map(async (base) => {
      const response = await fetch(base + path);
      const body = (await response.json()) as Record<string, unknown>;
      return Object.assign(body, { statusCode: response.status });
    }),
  );
  expect({ statusCode: other!['statusCode'], status: other!['status'] }).toEqual({
    statusCode: answer!['statusCode'],
    status: answer!['status'],
  });
  return answer!;
}

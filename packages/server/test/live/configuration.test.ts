import { readFile, rename, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { RawClient, runCli, Service, TempDir, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';

const device = 'camera0';
const small = { CAMERA_SERVICE_CAMERA_TEST_RESOLUTION: '320x180', CAMERA_SERVICE_CAMERA_TEST_FPS: '10' };
// What the testkit sets for other tests is left to the file.
const free = {
  ...small,
  CAMERA_SERVICE_SECURITY_RATE_LIMIT_PER_MINUTE: '',
  CAMERA_SERVICE_STORAGE_MIN_FREE: '',
};

interface Health {
  status: string;
  problems: { component: string; reason: string }[];
}

const set = (client: RawClient, changes: object) => client.result('set_config', { changes });
const healthOf = (client: RawClient) => client.result<Health>('get_status');

/** The status of a request that names the service so, or comes from a page of that origin. */
function statusFor(url: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers, method, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

test('a changed key is in effect at once, for connections that are open too', async () => {
  await using service = await Service.start({ env: free });
  const admin = await service.rawClient('admin');
  const stranger = await service.rawClient();
  const codeOf = async (): Promise<number | undefined> =>
    (await stranger.call('get_camera_list')).error?.code;

  expect(await codeOf()).toBe(-32001);
  expect(await set(admin, { 'security.open_reads': true })).toEqual({
    applied: ['security.open_reads'],
    restart_needed: [],
  });
  expect(await codeOf()).toBeUndefined();
  await stranger.result('subscribe_events', { topics: ['system.config'] });
  await set(admin, { 'server.reply_metadata': true });
  expect(await stranger.call('ping')).toHaveProperty('metadata');
  await stranger.notified('event', (params) => params['topic'] === 'system.config');
  await set(admin, { 'security.open_reads': null, 'server.reply_metadata': false });
  expect(await codeOf()).toBe(-32001);
  expect(await stranger.call('ping')).not.toHaveProperty('metadata');

  const named = { host: 'cameras.lan' };
  expect(await statusFor(`${service.httpUrl}/health`, named)).toBe(421);
  await set(admin, { 'server.allowed_hosts': ['Cameras.LAN'] });
  expect(await statusFor(`${service.httpUrl}/health`, named)).toBe(200);
  await set(admin, { 'server.allowed_hosts': null });
  expect(await statusFor(`${service.httpUrl}/health`, named)).toBe(421);

  const page = { origin: 'https://wall.example' };
  expect(await statusFor(`${service.httpUrl}/rpc`, page, 'POST')).toBe(403);
  await set(admin, { 'server.allowed_origins': ['https://wall.example'] });
  expect(await statusFor(`${service.httpUrl}/rpc`, page, 'POST')).not.toBe(403);

  await set(admin, { 'security.rate_limit_per_minute': 60, 'security.rate_limit_burst': 3 });
  const replies = await Promise.all(Array.from({ length: 10 }, () => stranger.call('ping')));
  expect(replies.map(({ error }) => error?.code)).toContain(-32040);
  await until(
    async () => (await admin.call('set_config', { changes: { 'security.rate_limit_per_minute': 0 } })).result,
  );
  const freed = await Promise.all(Array.from({ length: 10 }, () => stranger.call('ping')));
  expect(freed.map(({ error }) => error)).toEqual(Array.from({ length: 10 }));

  await set(admin, { 'server.max_connections_per_address': 2 });
  expect(await RawClient.refusal(service.ready.ws_url)).toBe(503);
  await set(admin, { 'server.max_connections_per_address': null, 'server.max_connections': 2 });
  expect(await RawClient.refusal(service.ready.ws_url)).toBe(503);
  await set(admin, { 'server.max_connections': 3 });
  await using third = await service.rawClient();
  expect((await third.call('ping')).result).toBe('pong');

  await set(admin, { 'storage.min_free': 1_000_000_000 });
  expect((await admin.call('start_recording', { device })).error).toMatchObject({ code: -32060 });
  await set(admin, { 'security.token_expiry': 60 });
  const { expires_at: end } = await admin.result<{ expires_at: string }>('refresh_token');
  expect(Date.parse(end)).toBeLessThan(Date.now() + 120_000);

  // What the API refuses, it says of the key.
  const refused = await admin.call('set_config', { changes: { 'server.prot': 1, 'camera.linger': 5 } });
  expect(refused.error).toMatchObject({ code: -32602, data: { param: 'changes.server.prot' } });
  expect((await stranger.call('get_config')).error?.code).toBe(-32001);
});

test('cameras follow: live by themselves, and at another bitrate; what recordings are written in cuts nothing', async () => {
  await using service = await Service.start({ env: free });
  const admin = await service.rawClient('admin');
  const stream = () =>
    admin.result<{ ready: boolean; ffmpeg_process: { pid: number | null } }>('get_stream_status', { device });
  await admin.result('subscribe_events', { topics: ['*'] });
  const untilLive = (other?: number | null) =>
    until(async () => {
      const { ready, ffmpeg_process: process } = await stream();
      return ready && process.pid !== other && process;
    });
  await set(admin, { 'camera.mode': 'always', 'camera.linger': 0 });
  await untilLive();
  await set(admin, { 'camera.mode': null });
  await until(async () => !(await stream()).ready, { what: 'the camera idle, with no linger' });

  await set(admin, { 'camera.mode': 'always' });
  const { pid: first } = await untilLive();
  await set(admin, { 'capture.bitrate': 300 });
  const { pid } = await untilLive(first);
  expect((await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')).toContain('300000');
  const changes = { 'recording.segment_duration': 10, 'recording.part_duration': 1 };
  expect(await set(admin, changes)).toMatchObject({ restart_needed: [] });
  // Neither viewers nor recordings are cut by it.
  expect((await stream()).ffmpeg_process.pid).toBe(pid);
});

test('what needs a restart is kept, told, and in effect after it', async () => {
  await using dir = await TempDir.create();
  await using service = await Service.start({ env: small, dataDir: dir.path });
  {
    const admin = await service.rawClient('admin');
    expect(await set(admin, { 'camera.node_range': '0-9', 'snapshots.timeout': 25 })).toEqual({
      applied: ['snapshots.timeout'],
      restart_needed: ['camera.node_range'],
    });
    expect(await admin.result('get_config', { section: 'camera' })).toMatchObject({
      config: { camera: { node_range: null } },
      restart_needed: ['camera.node_range'],
      pending: { 'camera.node_range': '0-9' },
      sources: { 'camera.node_range': 'file', 'camera.test_fps': 'environment' },
      file: dir.join('config.yaml'),
    });
    expect((await admin.call('set_config', { changes: { 'camera.test_fps': 5 } })).error).toMatchObject({
      code: -32020,
      data: { state: 'overridden' },
    });
    expect((await admin.call('set_config', { changes: { 'server.port': 1 } })).error).toMatchObject({
      data: { state: 'overridden' },
    });
  }
  expect(await readFile(dir.join('config.yaml'), 'utf8')).toBe(
    'camera:\n  node_range: 0-9\nsnapshots:\n  timeout: 25\n',
  );
  await service.stop();
  await service.startAgain();
  const admin = await service.rawClient('admin');
  expect(await admin.result('get_config')).toMatchObject({
    config: { camera: { node_range: '0-9' }, snapshots: { timeout: 25 } },
    restart_needed: [],
    pending: {},
  });
});

test('an edited file is followed, at SIGHUP and by itself; one with mistakes is told until it is mended', async () => {
  await using dir = await TempDir.create();
  const file = dir.join('my.yaml');
  await writeFile(file, '# mine\ncamera:\n  linger: 11\n');
  await using service = await Service.start({ env: small, args: ['--config', file] });
  const admin = await service.rawClient('admin');
  const lingerOf = async () =>
    (await admin.result<{ config: { camera: { linger: number } } }>('get_config')).config.camera.linger;
  expect(await lingerOf()).toBe(11);

  await writeFile(file, '# mine\ncamera:\n  linger: 12\n');
  await until(async () => (await lingerOf()) === 12, { what: 'the edit of the file' });
  // As editors do it.
  await writeFile(dir.join('.my.yaml.swp'), '# mine\ncamera:\n  linger: 13\n');
  await rename(dir.join('.my.yaml.swp'), file);
  await until(async () => (await lingerOf()) === 13, { what: 'the new file of the name' });

  await writeFile(file, '# mine\ncamera:\n  linger: soon\n  colour: red\n');
  const { problems } = await until(async () => {
    const health = await healthOf(admin);
    return health.problems.some(({ component }) => component === 'configuration') && health;
  });
  expect(problems.find(({ component }) => component === 'configuration')?.reason).toMatch(
    /camera\.linger: must be a number.*camera\.colour: there is no such key/,
  );
  expect(await lingerOf()).toBe(13);
  expect((await admin.call('set_config', { changes: { 'snapshots.timeout': 5 } })).error).toMatchObject({
    code: -32020,
    data: { state: 'file_invalid' },
  });
  await writeFile(file, '# mine\ncamera:\n  linger: 14\n');
  process.kill(service.pid, 'SIGHUP');
  await until(async () => (await lingerOf()) === 14, { what: 'the mended file' });
  expect((await healthOf(admin)).problems).toEqual([]);
  await set(admin, { 'camera.linger': 15 });
  expect(await readFile(file, 'utf8')).toBe('# mine\ncamera:\n  linger: 15\n');
});

test('the command line shows and checks it', async () => {
  await using dir = await TempDir.create();
  const env = {
    PATH: process.env['PATH'],
    CAMERA_SERVICE_SERVER_PORT: '8123',
    CAMERA_SERVICE_JWT_SECRET: 's'.repeat(40),
  };
  await writeFile(dir.join('config.yaml'), 'camera:\n  linger: 11\n');
  const shown = await runCli(['config', 'show', '--data-dir', dir.path, '--json'], env);
  expect(JSON.parse(shown.stdout)).toMatchObject({
    config: { server: { port: 8123 }, camera: { linger: 11 }, security: { jwt_secret: '***' } },
    sources: { 'server.port': 'environment', 'camera.linger': 'file', 'storage.data_dir': 'command_line' },
  });
  const text = await runCli(['config', 'show', '--data-dir', dir.path], env);
  expect(text.stdout).toContain('  linger: 11  # file\n');
  expect(shown.stdout + text.stdout).not.toContain('sss');
  expect(await runCli(['config', 'check', dir.join('config.yaml')], env)).toMatchObject({ code: 0 });
  await writeFile(dir.join('bad.yaml'), 'server:\n  port: x\n  hots: y\n');
  const { code, stderr } = await runCli(['config', 'check', dir.join('bad.yaml')], env);
  expect(code).toBe(78);
  expect(stderr.match(/^camera-service: server\./gm)).toHaveLength(2);
  await writeFile(dir.join('config.yaml'), 'storage:\n  data_dir: /srv\n');
  const misplaced = await runCli(['serve', '--data-dir', dir.path], env);
  expect(misplaced).toMatchObject({ code: 78, stderr: expect.stringContaining('--data-dir') });
});

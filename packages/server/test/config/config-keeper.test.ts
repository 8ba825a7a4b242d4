import { chmod, chown, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { TempDir, Tmpfs } from '@mediamtx-camera-service/testkit';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { ConfigKeeper } from '../../src/config/config-keeper.ts';
import { configKeys } from '../../src/config/keys.ts';
import { AppError } from '../../src/errors.ts';

interface Lab extends AsyncDisposable {
  dir: TempDir;
  file: string;
  keeper: ConfigKeeper;
  read: () => Promise<string>;
}

async function createLab(
  text?: string,
  {
    env = {},
    flags = {},
    named = true,
  }: { env?: NodeJS.ProcessEnv; flags?: Record<string, unknown>; named?: boolean } = {},
): Promise<Lab> {
  const dir = await TempDir.create();
  const file = dir.join('config.yaml');
  if (text !== undefined) await writeFile(file, text);
  const keeper = new ConfigKeeper({
    ...(named && text !== undefined && { file }),
    env,
    flags: { 'storage.data_dir': dir.path, ...flags },
  });
  return {
    dir,
    file,
    keeper,
    read: () => readFile(file, 'utf8'),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** What a rejected set says, as the API tells it. */
async function refusalOf(setting: Promise<unknown>) {
  const error = await setting.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error('it was not refused', { cause: error });
  return { name: error.errorName, ...error.data };
}

describe('set', () => {
  test('a live key is in effect at once, in whatever holds the section; the others wait', async () => {
    await using lab = await createLab('server:\n  port: 8100\n');
    const { server } = lab.keeper.effective;
    const result = await lab.keeper.set({ 'server.reply_metadata': true, 'server.port': 8200 });
    expect(result).toEqual({ applied: ['server.reply_metadata'], restart_needed: ['server.port'] });
    expect(server).toMatchObject({ reply_metadata: true, port: 8100 });
    expect(lab.keeper.describe()).toMatchObject({
      config: { server: { reply_metadata: true, port: 8100 } },
      restart_needed: ['server.port'],
      sources: { 'server.port': 'file', 'server.reply_metadata': 'file' },
      file: lab.file,
    });
    expect(await lab.read()).toBe('server:\n  port: 8200\n  reply_metadata: true\n');
    const next = new ConfigKeeper({ file: lab.file, env: {} });
    expect(next.effective.server).toMatchObject({ reply_metadata: true, port: 8200 });
    expect(next.restartNeeded).toEqual([]);
  });

  test('what is set back before the restart needs none any more', async () => {
    await using lab = await createLab('server:\n  port: 8100\n');
    await lab.keeper.set({ 'server.port': 8200 });
    expect(await lab.keeper.set({ 'server.port': 8100 })).toEqual({
      applied: ['server.port'],
      restart_needed: [],
    });
    expect(lab.keeper.restartNeeded).toEqual([]);
  });

  test('the file is made in the data directory by the first change, for its owner alone', async () => {
    await using lab = await createLab();
    expect(lab.keeper.file).toBe(lab.file);
    await lab.keeper.set({ 'server.port': null });
    expect(await readdir(lab.dir.path)).toEqual([]);
    await lab.keeper.set({ 'camera.linger': 30 });
    expect(await lab.read()).toBe('camera:\n  linger: 30\n');
    expect((await stat(lab.file)).mode & 0o777).toBe(0o600);
    expect(
      new ConfigKeeper({ env: {}, flags: { 'storage.data_dir': lab.dir.path } }).effective.camera.linger,
    ).toBe(30);
  });

  test('null gives the default again', async () => {
    await using lab = await createLab('# mine\ncamera:\n  linger: 30\n  mode: always\n');
    await lab.keeper.set({ 'camera.linger': null });
    expect(lab.keeper.effective.camera).toMatchObject({ linger: 10, mode: 'always' });
    expect(lab.keeper.describe('camera').sources).toEqual({ 'camera.mode': 'file' });
    await lab.keeper.set({ 'camera.mode': null });
    expect(await lab.read()).toBe('# mine\n');
  });

  test.each([
    [
      'an unknown key',
      { 'server.prot': 1 },
      { param: 'changes.server.prot', hint: expect.stringContaining('server.port') },
    ],
    ['an unknown section', { 'videos.size': 1 }, { param: 'changes.videos.size' }],
    ['a number that is too big', { 'server.port': 70_000 }, { param: 'changes.server.port', rule: 'max' }],
    [
      'a wrong type',
      { 'server.reply_metadata': 'yes' },
      { param: 'changes.server.reply_metadata', rule: 'type' },
    ],
    ['an object', { 'server.port': {} }, { param: 'changes.server.port', rule: 'type' }],
    ['a wrong entry', { 'server.allowed_hosts': ['a', 1] }, { param: 'changes.server.allowed_hosts.1' }],
    ['the mask of a secret', { 'mediamtx.api_password': '***' }, { param: 'changes.mediamtx.api_password' }],
    ['the mask in a URL', { 'mediamtx.api_url': 'http://***@h:1' }, { param: 'changes.mediamtx.api_url' }],
  ])('%s is named, and nothing at all is changed', async (_what, change, told) => {
    await using lab = await createLab('camera:\n  linger: 30\n', { named: false });
    const before = structuredClone(lab.keeper.effective);
    expect(await refusalOf(lab.keeper.set({ 'camera.linger': 40, ...change }))).toMatchObject({
      name: 'invalid_params',
      ...told,
    });
    expect(lab.keeper.effective).toEqual(before);
    expect(await lab.read()).toBe('camera:\n  linger: 30\n');
  });

  test('a key that goes with another one alone is refused without it', async () => {
    await using lab = await createLab('');
    expect(await refusalOf(lab.keeper.set({ 'server.tls_key': '/k.pem' }))).toMatchObject({
      name: 'invalid_params',
      param: expect.stringMatching(/^changes\.server\.tls_/),
    });
    const both = { 'server.tls_key': '/k.pem', 'server.tls_cert': '/c.pem' };
    expect(await lab.keeper.set(both)).toMatchObject({ applied: [] });
  });

  test('what the environment or the command line sets can not be changed, and it is said by which', async () => {
    const env = { CAMERA_SERVICE_CAMERA_LINGER: '5' };
    await using lab = await createLab('camera:\n  linger: 30\n', { env, flags: { 'server.port': 0 } });
    expect(await refusalOf(lab.keeper.set({ 'camera.linger': 40 }))).toMatchObject({
      name: 'invalid_state',
      state: 'overridden',
      details: expect.stringContaining('CAMERA_SERVICE_CAMERA_LINGER'),
    });
    expect(await refusalOf(lab.keeper.set({ 'server.port': null }))).toMatchObject({
      state: 'overridden',
      details: expect.stringContaining('command line'),
    });
    expect(lab.keeper.describe().sources).toMatchObject({
      'camera.linger': 'environment',
      'server.port': 'command_line',
    });
  });

  test('no call chooses a program that the service runs', async () => {
    await using lab = await createLab('');
    for (const path of ['capture.ffmpeg', 'snapshots.ffmpeg', 'mediamtx.binary'])
      expect(await refusalOf(lab.keeper.set({ [path]: '/bin/sh' }))).toMatchObject({
        name: 'invalid_state',
        state: 'file_only',
      });
    expect(await lab.read()).toBe('');
  });

  test('no call chooses what tokens are signed with, nor takes it away', async () => {
    const text = `security:\n  jwt_secret: ${'s'.repeat(32)}\n`;
    await using lab = await createLab(text);
    for (const path of ['security.jwt_secret', 'security.jwt_secret_previous'])
      for (const value of ['x'.repeat(40), null])
        expect(await refusalOf(lab.keeper.set({ [path]: value }))).toMatchObject({
          name: 'invalid_state',
          state: 'file_only',
        });
    expect(await lab.read()).toBe(text);
  });

  test('a file that was edited meanwhile is read first', async () => {
    await using lab = await createLab('camera:\n  linger: 30\n');
    await writeFile(lab.file, '# by hand\ncamera:\n  linger: 50\n  mode: always\n');
    await lab.keeper.set({ 'snapshots.timeout': 20 });
    expect(await lab.read()).toBe(
      '# by hand\ncamera:\n  linger: 50\n  mode: always\nsnapshots:\n  timeout: 20\n',
    );
    expect(lab.keeper.effective).toMatchObject({
      camera: { linger: 50, mode: 'always' },
      snapshots: { timeout: 20 },
    });
  });

  test('many at once come one after the other, and all are there', async () => {
    await using lab = await createLab('camera:\n  linger: 1 # seconds\n');
    const changes = Array.from({ length: 30 }, (_, at) => [
      { 'camera.linger': at },
      { 'server.max_connections': at + 1 },
      { 'storage.min_free': at },
    ]).flat();
    const results = await Promise.allSettled([
      ...changes.map((change) => lab.keeper.set(change)),
      lab.keeper.set({ 'server.port': -1 }),
    ]);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(await lab.read()).toContain('linger: 29 # seconds');
    const { camera, server, storage } = new ConfigKeeper({ file: lab.file, env: {} }).effective;
    expect([camera.linger, server.max_connections, storage.min_free]).toEqual([29, 30, 29]);
    expect(await readdir(lab.dir.path)).toEqual(['config.yaml']);
  });

  test('mode, owner and link of the file stay', async () => {
    await using lab = await createLab('camera:\n  linger: 30\n');
    await mkdir(lab.dir.join('real'));
    await writeFile(lab.dir.join('real', 'mine.yaml'), '# mine\n');
    await chmod(lab.dir.join('real', 'mine.yaml'), 0o644);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) await chown(lab.dir.join('real', 'mine.yaml'), 12_345, 12_346);
    await symlink('real/mine.yaml', lab.dir.join('link.yaml'));
    const keeper = new ConfigKeeper({ file: lab.dir.join('link.yaml'), env: {} });
    await keeper.set({ 'camera.linger': 7 });
    expect(await readFile(lab.dir.join('real', 'mine.yaml'), 'utf8')).toBe('# mine\ncamera:\n  linger: 7\n');
    const { mode, uid, gid } = await stat(lab.dir.join('real', 'mine.yaml'));
    expect(mode & 0o777).toBe(0o644);
    if (isRoot) expect([uid, gid]).toEqual([12_345, 12_346]);
    expect(await readdir(lab.dir.join('real'))).toEqual(['mine.yaml']);
  });
});

describe('a file that can not be written changes nothing in memory either', () => {
  test('on a full disk', async () => {
    await using disk = await Tmpfs.mount(262_144);
    const file = disk.join('config.yaml');
    await writeFile(file, 'camera:\n  linger: 30\n');
    const keeper = new ConfigKeeper({ file, env: {} });
    const filler = await disk.fill();
    expect(await refusalOf(keeper.set({ 'camera.linger': 40 }))).toMatchObject({
      name: 'insufficient_storage',
      reason: 'disk_full',
      available_space: 0,
      total_space: 262_144,
    });
    expect(keeper.effective.camera.linger).toBe(30);
    expect(await readFile(file, 'utf8')).toBe('camera:\n  linger: 30\n');
    await rm(filler);
    await keeper.set({ 'camera.linger': 40 });
    expect(await readFile(file, 'utf8')).toBe('camera:\n  linger: 40\n');
  });

  test('on one that is read-only', async () => {
    await using disk = await Tmpfs.mount(262_144);
    const file = disk.join('config.yaml');
    await writeFile(file, 'camera:\n  linger: 30\n');
    const keeper = new ConfigKeeper({ file, env: {} });
    await disk.makeReadOnly();
    expect(await refusalOf(keeper.set({ 'camera.linger': 40 }))).toMatchObject({
      name: 'dependency_failed',
      reason: 'not_writable',
      details: expect.stringContaining('EROFS'),
    });
    expect(keeper.effective.camera.linger).toBe(30);
    expect(keeper.describe('camera').restart_needed).toEqual([]);
  });
});

describe('reload', () => {
  test('what was edited is followed, and told', async () => {
    await using lab = await createLab('camera:\n  linger: 30\n');
    const told: unknown[] = [];
    lab.keeper.onChange((applied, restartNeeded) => told.push([applied, restartNeeded]));
    await writeFile(lab.file, 'camera:\n  linger: 40\nserver:\n  port: 8200\n');
    expect(await lab.keeper.reload()).toBe(true);
    expect(lab.keeper.effective.camera.linger).toBe(40);
    expect(lab.keeper.effective.server.port).toBe(8002);
    expect(await lab.keeper.reload()).toBe(false);
    expect(told).toEqual([[['camera.linger'], ['server.port']]]);
  });

  test('mistakes are told in words, and nothing changes until they are mended', async () => {
    await using lab = await createLab('camera:\n  linger: 30\n');
    await writeFile(lab.file, 'camera:\n  linger: long\n  colour: red\nsnapshots:\n  timeout: 20\n');
    expect(await lab.keeper.reload()).toBe(true);
    expect(await lab.keeper.reload()).toBe(false);
    expect(lab.keeper.problem).toMatch(
      /camera\.linger: must be a number.*camera\.colour: there is no such key/,
    );
    expect(lab.keeper.effective).toMatchObject({ camera: { linger: 30 }, snapshots: { timeout: 10 } });
    expect(await refusalOf(lab.keeper.set({ 'snapshots.timeout': 30 }))).toMatchObject({
      name: 'invalid_state',
      state: 'file_invalid',
      details: expect.stringContaining('camera.colour'),
    });
    await writeFile(lab.file, 'camera:\n  linger: 30\n');
    expect(await lab.keeper.reload()).toBe(true);
    expect(lab.keeper.problem).toBeUndefined();
  });

  test('a call can mend the mistake', async () => {
    await using lab = await createLab('camera:\n  linger: 30\n');
    await writeFile(lab.file, 'camera:\n  linger: long # why not\n');
    await lab.keeper.reload();
    await lab.keeper.set({ 'camera.linger': 60 });
    expect(lab.keeper.problem).toBeUndefined();
    expect(await lab.read()).toBe('camera:\n  linger: 60 # why not\n');
  });

  test.each([
    ['broken YAML', 'camera: [\n'],
    ['no sections', 'hello\n'],
  ])('%s is told', async (_what, text) => {
    await using lab = await createLab('camera:\n  linger: 30\n');
    await writeFile(lab.file, text);
    await lab.keeper.reload();
    expect(lab.keeper.problem).toContain(lab.file);
    expect(await refusalOf(lab.keeper.set({ 'camera.linger': 1 }))).toMatchObject({ state: 'file_invalid' });
    expect(await lab.read()).toBe(text);
  });

  test('a named file that is gone is a mistake; the one of the data directory gives the defaults', async () => {
    await using named = await createLab('camera:\n  linger: 30\n');
    await rm(named.file);
    await named.keeper.reload();
    expect(named.keeper.problem).toContain('ENOENT');
    expect(named.keeper.effective.camera.linger).toBe(30);
    await using own = await createLab('camera:\n  linger: 30\n', { named: false });
    await rm(own.file);
    await own.keeper.reload();
    expect(own.keeper.problem).toBeUndefined();
    expect(own.keeper.effective.camera.linger).toBe(10);
  });
});

describe('describe', () => {
  const word = 'hunter2';
  const text = [
    'mediamtx:',
    `  api_url: http://user:${word}@127.0.0.1:9997`,
    '  api_password: hunter2',
    '  rtsp_password: hunter2',
    'security:',
    '  jwt_secret: hunter2hunter2hunter2hunter2hunter2',
    '  jwt_secret_previous: hunter2hunter2hunter2hunter2hunter22',
    '',
  ].join('\n');

  test('tells no secret', async () => {
    await using lab = await createLab(text);
    const { config } = lab.keeper.describe();
    expect(JSON.stringify(config)).not.toContain('hunter2');
    expect(config['mediamtx']).toMatchObject({ api_url: 'http://***@127.0.0.1:9997', api_password: '***' });
    expect(config['security']).toMatchObject({ jwt_secret: '***', jwt_secret_previous: '***' });
  });

  test('of what waits for a restart it tells both values, and of neither a secret', async () => {
    await using lab = await createLab('server:\n  port: 8100\nmediamtx:\n  binary: /old\n');
    await lab.keeper.set({
      'server.port': 8200,
      'server.tls_cert': '/c.pem',
      'server.tls_key': '/k.pem',
      'mediamtx.api_url': `http://user:${word}@127.0.0.1:9997`,
      'mediamtx.rtsp_password': word,
      'server.reply_metadata': true,
    });
    await writeFile(lab.file, (await lab.read()).replace('  binary: /old\n', ''));
    await lab.keeper.reload();
    const { config, restart_needed: waiting, pending } = lab.keeper.describe();
    expect(config['server']).toMatchObject({ port: 8100, tls_cert: null });
    expect(config['mediamtx']).toMatchObject({ binary: '/old', rtsp_password: null });
    expect(pending).toEqual({
      'server.port': 8200,
      'server.tls_cert': '/c.pem',
      'server.tls_key': '/k.pem',
      'mediamtx.api_url': 'http://***@127.0.0.1:9997',
      'mediamtx.binary': null,
      'mediamtx.rtsp_password': '***',
    });
    expect(Object.keys(pending).toSorted()).toEqual(waiting.toSorted());
    expect(lab.keeper.describe('mediamtx').pending).not.toHaveProperty(['server.port']);
    await lab.keeper.set({ 'server.port': 8100, 'server.tls_cert': null, 'server.tls_key': null });
    expect(lab.keeper.describe('server').pending).toEqual({});
  });

  test('has every key, and one section alone where it is asked for', async () => {
    await using lab = await createLab('');
    const { config } = lab.keeper.describe();
    const paths = Object.entries(config).flatMap(([section, keys]) =>
      Object.keys(keys).map((key) => `${section}.${key}`),
    );
    expect(paths).toEqual(configKeys().map(({ path }) => path));
    expect(Object.keys(lab.keeper.describe('camera').config)).toEqual(['camera']);
    expect(lab.keeper.describe('health').config).toEqual({
      health: expect.objectContaining({ host: '127.0.0.1', port: null }),
    });
    expect(() => lab.keeper.describe('camara')).toThrow(expect.objectContaining({ errorName: 'not_found' }));
  });
});

test('a data_dir in the file of the data directory is a mistake that is told clearly', async () => {
  await using dir = await TempDir.create();
  await writeFile(dir.join('config.yaml'), 'storage:\n  data_dir: /elsewhere\n');
  const start = (): unknown => new ConfigKeeper({ env: {}, flags: { 'storage.data_dir': dir.path } });
  expect(start).toThrow(ConfigError);
  expect(start).toThrow(
    expect.objectContaining({ problems: [expect.stringMatching(/^storage\.data_dir: .*--data-dir/)] }),
  );
  expect(new ConfigKeeper({ file: dir.join('config.yaml'), env: {} }).effective.storage.data_dir).toBe(
    '/elsewhere',
  );
});

test('nor can a call put one there', async () => {
  await using dir = await TempDir.create();
  const keeper = new ConfigKeeper({ env: { XDG_DATA_HOME: dir.path } });
  expect(await refusalOf(keeper.set({ 'storage.data_dir': '/srv' }))).toMatchObject({
    name: 'invalid_params',
    param: 'changes.storage.data_dir',
  });
  expect(await readdir(dir.path)).toEqual([]);
});

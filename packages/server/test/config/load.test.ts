import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { TempDir } from '@mediamtx-camera-service/testkit';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { configKeys, environmentName } from '../../src/config/keys.ts';
import { loadConfig, strayVariables, type ConfigSources } from '../../src/config/load.ts';

function problemsOf(sources: Partial<ConfigSources>): string[] {
  try {
    loadConfig({ env: {}, ...sources });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

async function withFile<T>(text: string, use: (file: string) => T): Promise<T> {
  await using dir = await TempDir.create();
  await writeFile(dir.join('config.yaml'), text);
  return use(dir.join('config.yaml'));
}

describe('without any source', () => {
  test('everything has its default', () => {
    const config = loadConfig({ env: {} });
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 8002 });
    expect(config.health.port).toBeUndefined();
    expect(config.security.jwt_secret).toBeUndefined();
  });

  test.each([
    [{}, `${homedir()}/.local/share/camera-service`],
    [{ XDG_DATA_HOME: '/data/home' }, '/data/home/camera-service'],
    [{ STATE_DIRECTORY: '/var/lib/one:/var/lib/two', XDG_DATA_HOME: '/data/home' }, '/var/lib/one'],
  ])('the data directory of %j is %s', (env, dataDir) => {
    expect(loadConfig({ env }).storage.data_dir).toBe(dataDir);
  });
});

describe('what belongs together', () => {
  test('a certificate and its key are given both or neither', () => {
    const flags = { 'server.tls_cert': '/a.crt' };
    expect(problemsOf({ flags })).toEqual([
      expect.stringContaining('server.tls_key: is refused: must be set together'),
    ]);
    expect(problemsOf({ flags: { ...flags, 'server.tls_key': '/a.key' } })).toEqual([]);
  });

  test.each(['10.0.0.0/33', '::1/129', 'proxy.example', '10.0.0', '10.0.0.0/8/8', '', '10.0.0.0/-1'])(
    '%j is no address and no network of proxies',
    (proxy) => {
      expect(problemsOf({ flags: { 'server.trusted_proxies': [proxy] } })).toHaveLength(1);
    },
  );

  test('addresses and networks of proxies are', () => {
    const env = { CAMERA_SERVICE_SERVER_TRUSTED_PROXIES: '10.0.0.0/8, ::1, fd00::/8, 192.0.2.1' };
    expect(loadConfig({ env }).server.trusted_proxies).toHaveLength(4);
  });
});

describe('sources', () => {
  test('the environment wins over the file, and the command line over both', async () => {
    const text = 'server:\n  host: 10.0.0.1\n  port: 1\n  max_in_flight: 3\n';
    const config = await withFile(text, (file) =>
      loadConfig({
        file,
        env: { CAMERA_SERVICE_SERVER_PORT: '2', CAMERA_SERVICE_SERVER_HOST: '10.0.0.2' },
        flags: { 'server.port': 3, 'server.host': undefined },
      }),
    );
    expect(config.server).toMatchObject({ host: '10.0.0.2', port: 3, max_in_flight: 3 });
  });

  test('the environment is read by the kind of each key', () => {
    const config = loadConfig({
      env: {
        CAMERA_SERVICE_CAMERA_TEST_CAMERAS: '2',
        CAMERA_SERVICE_CAMERA_DISCOVERY: 'false',
        CAMERA_SERVICE_RECORDING_PART_DURATION: '0.5',
        CAMERA_SERVICE_SERVER_ALLOWED_HOSTS: 'cam.local, cam.example',
        CAMERA_SERVICE_MEDIAMTX_API_PASSWORD: '12345',
        CAMERA_SERVICE_JWT_SECRET: '0'.repeat(40),
        CAMERA_SERVICE_SERVER_PORT: '',
      },
    });
    expect(config.camera).toMatchObject({ test_cameras: 2, discovery: false });
    expect(config.recording.part_duration).toBe(0.5);
    expect(config.server).toMatchObject({ allowed_hosts: ['cam.local', 'cam.example'], port: 8002 });
    expect(config.mediamtx.api_password).toBe('12345');
    expect(config.security.jwt_secret).toBe('0'.repeat(40));
  });

  test.each(['', '# nothing but a comment\n', 'server:\n', '{}'])(
    'a file that says nothing (%j) changes nothing',
    async (text) => {
      expect(await withFile(text, (file) => loadConfig({ file, env: {} }))).toEqual(loadConfig({ env: {} }));
    },
  );

  test('every key has a name of its own in the environment', () => {
    const names = configKeys().map(({ path }) => environmentName(path));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('CAMERA_SERVICE_JWT_SECRET');
    for (const name of names) expect(name).toMatch(/^CAMERA_SERVICE_[A-Z_]+$/);
  });
});

describe('mistakes', () => {
  test('are told all at once, with where they stand and where they come from', async () => {
    const text = 'server:\n  port: 99999\n  colour: red\nvideos: {}\nlogging:\n  level: loud\n';
    const env = { CAMERA_SERVICE_CAMERA_TEST_FPS: '1000' };
    const problems = await withFile(text, (file) => problemsOf({ file, env, flags: { 'health.port': -1 } }));
    expect(problems).toHaveLength(6);
    for (const words of [
      /^server\.port: .*65535/,
      /^server\.colour: there is no such key$/,
      /^videos: there is no such key$/,
      /^logging\.level: .*trace/,
      /^camera\.test_fps: .*\(from CAMERA_SERVICE_CAMERA_TEST_FPS\)$/,
      /^health\.port: .*\(from command line\)$/,
    ]) {
      expect(problems).toContainEqual(expect.stringMatching(words));
    }
  });

  test.each([
    ['a list', '- a\n', /must hold sections/],
    ['a text', 'just words', /must hold sections/],
    ['broken YAML', 'server: [1, 2\n', /config\.yaml: /],
    ['a section that is a number', 'server: 5\n', /^server: /],
    ['a key twice', 'server:\n  port: 1\n  port: 2\n', /unique/],
  ])('%s is told', async (_what, text, words) => {
    const env = { CAMERA_SERVICE_SERVER_PORT: '1' };
    expect(await withFile(text, (file) => problemsOf({ file, env }))).toContainEqual(
      expect.stringMatching(words),
    );
  });

  test('a file that is not there is told by its name', () => {
    expect(problemsOf({ file: '/nowhere/config.yaml' })).toEqual([
      expect.stringMatching(/^\/nowhere\/config\.yaml: can't be read: ENOENT/),
    ]);
  });

  test('a secret is not repeated', () => {
    const problems = problemsOf({ env: { CAMERA_SERVICE_JWT_SECRET: 'too-short' } });
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain('too-short');
  });
});

test('a mistyped variable is told, since it would otherwise do nothing in silence', () => {
  const env = {
    CAMERA_SERVICE_SERVER_PROT: '8080',
    CAMERA_SERVICE_SERVER_PORT: '8080',
    CAMERA_SERVICE_JWT_SECRET: 'x',
    CAMERA_SERVICE_SECURITY_JWT_SECRET: 'x',
    CAMERA_SERVICE_MEDIAMTX_INSTALL: 'never',
    PATH: '/bin',
  };
  expect(strayVariables(env)).toEqual(['CAMERA_SERVICE_SECURITY_JWT_SECRET', 'CAMERA_SERVICE_SERVER_PROT']);
});

test('a file of several documents is refused in words for people', async () => {
  const problems = await withFile('camera: {}\n---\nserver: {}\n', (file) => problemsOf({ file }));
  expect(problems).toEqual([expect.stringMatching(/everything must be in one part$/)]);
});

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Service, until, type RawClient } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descendantsOf } from './processes.ts';

const given = {
  jwtSecret: 'jwt-secret-Zu6fahsh9Oowah4eiphoe1Ee',
  previousSecret: 'old-secret-Eih3Rae7vohx4Pahco1aiGho',
  apiPassword: 'api-password-oShoh8ie',
  userPassword: 'user-password-Ohgh3eiJ',
  wrongPassword: 'wrong-password-aeS2Ieng',
  sourcePassword: 'source-password-Oof7ahch',
  slashPassword: 'slash-pass/word-Fie9oochu',
};

let service: Service;
let admin: RawClient;
const clients: RawClient[] = [];
/** Everything that was answered over HTTP, headers included. */
const answers: string[] = [];
/** Made by the service in the course of the story. */
const made: Record<string, string> = {};
/** What a client has to be told: its own new key or token, this once. */
const mayHold: Record<string, RegExp> = { apiKey: /"key":/, token: /"token":/, link: /"download_url":/ };

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${service.httpUrl}${path}`, { redirect: 'manual', ...init });
  answers.push(JSON.stringify([...response.headers].filter(([name]) => name !== 'set-cookie')));
  const body = await response.clone().text();
  answers.push(path.startsWith('/files') ? '' : body);
  return response;
}

async function connected(headers: Record<string, string> = {}): Promise<RawClient> {
  const client = await service.rawClient(undefined, { headers });
  clients.push(client);
  return client;
}

beforeAll(async () => {
  service = await Service.start({
    args: ['--log-level', 'trace'],
    env: {
      CAMERA_SERVICE_JWT_SECRET: given.jwtSecret,
      CAMERA_SERVICE_SECURITY_JWT_SECRET_PREVIOUS: given.previousSecret,
      CAMERA_SERVICE_MEDIAMTX_API_PASSWORD: given.apiPassword,
    },
  });
  made['code'] = new URL(await until(() => service.loginUrl)).searchParams.get('code')!;
  const login = await ask(`/login?code=${made['code']}`);
  made['cookie'] = /camera_session=([^;]+)/.exec(login.headers.get('set-cookie')!)![1]!;
  admin = await connected({ cookie: `camera_session=${made['cookie']}` });
  await admin.result('subscribe_events', { topics: ['*'] });
});

afterAll(async () => {
  for (const client of clients) await client[Symbol.asyncDispose]();
  await service?.[Symbol.asyncDispose]();
});

function namesIn(text: string): string[] {
  return Object.entries({ ...given, ...made })
    .filter(([, value]) => text.includes(value))
    .map(([name]) => name);
}

describe('a day of the service', () => {
  test('users and keys are made, log in, and are mistaken', async () => {
    await admin.result('create_user', { user: 'ann', password: given.userPassword, role: 'operator' });
    const { key } = await admin.result<{ key: string }>('create_api_key', { name: 'wall', role: 'viewer' });
    made['apiKey'] = key;
    const ann = await connected();
    made['token'] = (
      await ann.result<{ token: string }>('login', { user: 'ann', password: given.userPassword })
    ).token;
    expect((await ann.call('login', { user: 'ann', password: given.wrongPassword })).error?.code).toBe(
      -32001,
    );
    expect((await ann.call('authenticate', { auth_token: `${key}x` })).error?.code).toBe(-32001);
    await ann.result('authenticate', { auth_token: key, auth_type: 'api_key' });
    await connected({ 'x-api-key': key });
    await connected({ authorization: `Bearer ${made['token']}` });
    for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${made['token']}` }]) {
      expect((await ask('/api/cameras', { headers })).status).toBe(200);
    }
    await ask('/api/cameras', { headers: { authorization: `Basic ${btoa(`ann:${given.userPassword}`)}` } });
    await ask('/api/cameras', { headers: { 'x-api-key': `${key}x` } });
    const body = JSON.stringify({ user: 'ann', password: given.wrongPassword });
    await ask('/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  });

  test('sources with a password are made, pulled in vain, and refused', async () => {
    const user = `viewer:${given.sourcePassword}`;
    await admin.result('create_stream', { name: 'garden', source: `rtsp://${user}@127.0.0.1:9/stream` });
    for (const source of [
      `file://${user}@x/`,
      `rtsp://${user}@169.254.1.1/`,
      `rtsp://a:${given.slashPassword}@x/`,
    ]) {
      expect((await admin.call('create_stream', { name: 'other', source })).error?.code).toBe(-32602);
    }
    for (const method of [
      'get_streams',
      'get_external_streams',
      'get_config',
      'list_users',
      'list_api_keys',
    ]) {
      await admin.call(method);
    }
    await admin.call('add_external_stream', {
      stream_url: `rtsp://${user}@127.0.0.1:9/x`,
      stream_name: 'far',
    });
    await until(async () => (await admin.call('get_stream_url', { stream: 'garden' })).error === undefined);
  });

  test('a camera is watched, pictured and recorded', async () => {
    await admin.result('take_snapshot', { device: 'camera0' });
    await admin.result('start_recording', { device: 'camera0' });
    await admin.notified('recording_status_update', ({ status }) => status === 'STARTED');
    await admin.result('stop_recording', { device: 'camera0' });
    const { files } = await admin.result<{ files: { download_url: string }[] }>('list_snapshots');
    made['link'] = new URLSearchParams(files[0]!.download_url.split('?')[1]).get('sig')!;
    expect((await ask(files[0]!.download_url)).status).toBe(200);
    await ask(`${files[0]!.download_url.split('?')[0]}?exp=1&sig=${made['link']}`);
    await admin.result('start_streaming', { device: 'camera0' });
    for (const path of ['/', '/health/detailed', '/openrpc.json', '/media/camera0/still.jpg']) {
      await ask(path, { headers: { cookie: `camera_session=${made['cookie']}` } });
    }
  });
});

describe('afterwards no secret is to be found', () => {
  test('in the log, of which every line is JSON', () => {
    const { log } = service;
    expect(log.length).toBeGreaterThan(1_000);
    expect(namesIn(log)).toEqual([]);
    expect(log).not.toMatch(/\bcsk_|\beyJ[\w-]+\.[\w-]+\.|:\/\/[^*"\s/]+:[^*"\s/]+@/);
    for (const line of log.trim().split('\n')) expect(() => JSON.parse(line) as unknown, line).not.toThrow();
  });

  test('in what was answered and told, but for what its owner has to be told once', () => {
    const told = clients.flatMap(({ messages }) => messages.map((message) => JSON.stringify(message)));
    expect(told.length).toBeGreaterThan(20);
    const found = [...told, ...answers].flatMap((text) =>
      namesIn(text).filter((name) => !mayHold[name]?.test(text)),
    );
    expect(found).toEqual([]);
  });

  test('in command lines and environments of the programs that it started', async () => {
    const running = await until(() => {
      const found = descendantsOf(service.pid);
      return found.some(({ command }) => command.includes('ffmpeg')) && found;
    });
    for (const { command, environment } of running) {
      expect(namesIn(command)).toEqual([]);
      expect(namesIn(environment)).toEqual([]);
      expect(environment).not.toMatch(/CAMERA_SERVICE_(?!OWNER)/);
    }
  });

  test('in files that are not made to hold it, and what holds one is for its owner alone', () => {
    const names = readdirSync(service.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const holders = names.filter((file) => namesIn(readFileSync(file, 'latin1')).length > 0);
    for (const file of holders) {
      // The password of a source has to be sent to it: it stands in the database, and in what MediaMTX reads.
      expect(file).toMatch(/camera-service\.db(-wal|-shm)?$|run\/mediamtx\.yml$/);
      expect(namesIn(readFileSync(file, 'latin1'))).toEqual(['sourcePassword']);
    }
    expect(holders.length).toBeGreaterThan(0);
    const guarded = names.filter((file) => /\/secrets\/|camera-service\.db|mediamtx\.yml/.test(file));
    expect(guarded.length).toBeGreaterThan(1);
    for (const file of guarded) expect(statSync(file).mode & 0o777, file).toBe(0o600);
    for (const name of ['run', 'secrets']) {
      const mode = statSync(join(service.dataDir, name), { throwIfNoEntry: false })?.mode ?? 0o700;
      expect(mode & 0o777, name).toBe(0o700);
    }
    expect(statSync(service.dataDir).mode & 0o007).toBe(0);
  });
});

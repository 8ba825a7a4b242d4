import { runCli, Service, until, type CliResult, type RawClient } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const passwords = { first: 'the first password', second: 'the second password' };
const ended = { code: 4401, reason: 'the login was ended' };

let service: Service;
let admin: RawClient;
beforeAll(async () => {
  service = await Service.start({ testCameras: 2 });
});
afterAll(async () => {
  await admin?.[Symbol.asyncDispose]();
  await service?.[Symbol.asyncDispose]();
});

/** Of the runs that have ended. */
const logs: string[] = [];
async function stop(): Promise<void> {
  await service.stop();
  logs.push(service.log);
}

const cli = (words: string[], input?: string): Promise<CliResult> =>
  runCli([...words, '--data-dir', service.dataDir], process.env, input);

async function printed(words: string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await cli(words, input);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(service.httpUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const cookieOf = (response: Response): string => response.headers.get('set-cookie')!.split(';')[0]!;

const statusWith = async (headers: Record<string, string>): Promise<number> =>
  (await fetch(`${service.httpUrl}/api/cameras`, { headers })).status;

async function camerasOf(client: RawClient): Promise<string[]> {
  const { cameras } = await client.result<{ cameras: { device: string }[] }>('get_camera_list');
  return cameras.map(({ device }) => device);
}

async function loggedIn(user: string, password: string): Promise<{ client: RawClient; token: string }> {
  const client = await service.rawClient();
  const { token } = await client.result<{ token: string }>('login', { user, password });
  return { client, token };
}

/** Bound by a call, and by each header of the upgrade. */
async function socketsOf(key: string): Promise<RawClient[]> {
  const bound = await service.rawClient();
  await bound.login(key);
  return [
    bound,
    await service.rawClient(undefined, { headers: { 'x-api-key': key } }),
    await service.rawClient(undefined, { headers: { authorization: `Bearer ${key}` } }),
  ];
}

test('the first admin comes in by the link and makes users', async () => {
  const response = await fetch(service.loginUrl, { redirect: 'manual' });
  admin = await service.rawClient(undefined, { headers: { cookie: cookieOf(response) } });
  const user = { user: 'ann', password: passwords.first, role: 'operator', cameras: ['camera0'] };
  expect(await admin.result('create_user', user)).toEqual({
    user: 'ann',
    role: 'operator',
    cameras: ['camera0'],
  });
  expect((await admin.call('create_user', user)).error).toMatchObject({
    code: -32020,
    data: { state: 'exists' },
  });
  const lost = { ...user, user: 'lost', cameras: ['camera0', 'camera77'] };
  expect((await admin.call('create_user', lost)).error).toMatchObject({
    code: -32010,
    data: { resource: 'camera', id: 'camera77' },
  });
});

describe('a user', () => {
  test('logs in by socket, POST and form, and sees the one camera alone', async () => {
    const { client, token } = await loggedIn('ANN', passwords.first);
    await using _ = client;
    expect(await camerasOf(client)).toEqual(['camera0']);
    expect((await client.call('get_camera_status', { device: 'camera1' })).error?.code).toBe(-32010);
    expect((await client.call('list_users')).error?.code).toBe(-32002);
    const call = { jsonrpc: '2.0', id: 1, method: 'get_camera_list' };
    const answer = await post('/rpc', call, { authorization: `Bearer ${token}` });
    expect(await answer.json()).toMatchObject({ result: { total: 1 } });
    const form = await post('/login', { user: 'ann', password: passwords.first });
    expect(await form.json()).toMatchObject({ authenticated: true, user: 'ann', role: 'operator' });
    const cookie = cookieOf(form);
    const still = (device: string) =>
      fetch(`${service.httpUrl}/media/${device}/still.jpg`, { headers: { cookie } });
    expect([(await still('camera0')).status, (await still('camera1')).status]).toEqual([200, 404]);
  });

  test('whose rights change has the new ones at once in every session', async () => {
    const { client, token } = await loggedIn('ann', passwords.first);
    await using _ = client;
    const { user, role } = await admin.result('set_user', { user: 'ann', role: 'viewer', cameras: null });
    expect({ user, role }).toEqual({ user: 'ann', role: 'viewer' });
    expect(await camerasOf(client)).toEqual(['camera0', 'camera1']);
    expect((await client.call('take_snapshot', { device: 'camera0' })).error?.code).toBe(-32002);
    expect(await statusWith({ authorization: `Bearer ${token}` })).toBe(200);
  });

  test('who changes the password stays, and every other session ends with 4401', async () => {
    const [own, other] = [await loggedIn('ann', passwords.first), await loggedIn('ann', passwords.first)];
    await using client = own.client;
    const change = { user: 'ann', password: passwords.second, current_password: passwords.first };
    expect(await client.result('set_password', change)).toEqual({ user: 'ann', updated: true });
    expect(await other.client.closed).toEqual(ended);
    expect(await statusWith({ authorization: `Bearer ${other.token}` })).toBe(401);
    expect(await camerasOf(client)).toEqual(['camera0', 'camera1']);
    expect(await statusWith({ authorization: `Bearer ${own.token}` })).toBe(200);
    expect((await post('/login', { user: 'ann', password: passwords.first })).status).toBe(401);
  });

  test('gets a new token in time, and all of them end with the logout', async () => {
    const { client, token } = await loggedIn('ann', passwords.second);
    await using _ = client;
    const fresh = await client.result<{ token: string }>('refresh_token');
    const bearers = [token, fresh.token].map((value) => ({ authorization: `Bearer ${value}` }));
    expect([await statusWith(bearers[0]!), await statusWith(bearers[1]!)]).toEqual([200, 200]);
    await using other = await service.rawClient();
    await other.login(fresh.token);
    expect(await client.result('logout')).toEqual({ logged_out: true });
    expect(await other.closed).toEqual(ended);
    expect([await statusWith(bearers[0]!), await statusWith(bearers[1]!)]).toEqual([401, 401]);
    expect((await client.call('get_camera_list')).error?.code).toBe(-32001);
  });

  test('can be thrown out of one browser, and stays in the other', async () => {
    const login = () => post('/login', { user: 'ann', password: passwords.second });
    const cookies = [cookieOf(await login()), cookieOf(await login())] as const;
    await using first = await service.rawClient(undefined, { headers: { cookie: cookies[0] } });
    await using second = await service.rawClient(undefined, { headers: { cookie: cookies[1] } });
    await first.result('ping');
    const { sessions } = await admin.result<{ sessions: Record<string, unknown>[] }>('list_sessions');
    const anns = sessions.filter(({ user }) => user === 'ann');
    expect(anns).toMatchObject([
      { role: 'viewer', auth_method: 'session', transport: 'websocket', own: false },
      { role: 'viewer', auth_method: 'session', last_call_at: null },
    ]);
    await admin.result('end_session', { session_id: anns[0]!['session_id'] });
    expect(await first.closed).toEqual(ended);
    expect(await camerasOf(second)).toHaveLength(2);
    expect([await statusWith({ cookie: cookies[0] }), await statusWith({ cookie: cookies[1] })]).toEqual([
      401, 200,
    ]);
    expect((await post('/logout', {}, { cookie: cookies[1] })).status).toBe(200);
    expect(await second.closed).toEqual(ended);
  });

  test('who is removed is closed', async () => {
    const { client, token } = await loggedIn('ann', passwords.second);
    expect(await admin.result('delete_user', { user: 'ann' })).toEqual({ user: 'ann', deleted: true });
    expect(await client.closed).toEqual(ended);
    expect(await statusWith({ authorization: `Bearer ${token}` })).toBe(401);
  });
});

describe('an API key', () => {
  test('opens sockets and HTTP each way, is rotated with grace, and ends everywhere when it is revoked', async () => {
    const limits = { role: 'viewer', cameras: ['camera1'] };
    const created = await admin.result('create_api_key', { name: 'wall', ...limits });
    const { key, key_id: keyId } = created as { key: string; key_id: string };
    const sockets = await socketsOf(key);
    for (const client of sockets) expect(await camerasOf(client)).toEqual(['camera1']);
    for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }]) {
      expect(await statusWith(headers)).toBe(200);
    }
    const rotated = await admin.result<{ key: string }>('rotate_api_key', {
      key_id: keyId,
      grace_seconds: 3600,
    });
    const next = await socketsOf(rotated.key);
    for (const client of [...sockets, ...next]) expect(await camerasOf(client)).toEqual(['camera1']);
    const { keys } = await admin.result<{ keys: Record<string, unknown>[] }>('list_api_keys');
    expect(keys).toMatchObject([
      { key_id: keyId, ...limits, revoked: false, last_used_at: expect.any(String) },
    ]);
    await admin.result('revoke_api_key', { key_id: keyId });
    for (const client of [...sockets, ...next]) expect(await client.closed).toEqual(ended);
    for (const value of [key, rotated.key]) expect(await statusWith({ 'x-api-key': value })).toBe(401);
  });

  test('of the command line opens sockets, and its end there ends them here', async () => {
    const key = await printed(['key', 'create', 'script', '--role', 'operator', '--expires', '1h']);
    const [bound, ...others] = await socketsOf(key);
    expect(await camerasOf(bound!)).toEqual(['camera0', 'camera1']);
    const keys = JSON.parse(await printed(['key', 'list', '--json'])) as { key_id: string; name: string }[];
    const { key_id: keyId } = keys.find(({ name }) => name === 'script')!;
    const rotated = await printed(['key', 'rotate', keyId]);
    expect(await bound!.closed).toEqual(ended);
    for (const client of others) expect(await client.closed).toEqual(ended);
    const next = await socketsOf(rotated);
    await printed(['key', 'revoke', keyId]);
    for (const client of next) expect(await client.closed).toEqual(ended);
    const again = await cli(['key', 'rotate', keyId]);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain(`the API key ${keyId} is revoked`);
    expect(await printed(['key', 'list'])).toMatch(new RegExp(`${keyId} +script +operator +all +revoked`));
  });
});

describe('the command line beside the running service', () => {
  test('makes a user, whose password is read and never an argument', async () => {
    await printed(['user', 'add', 'bob', '--role', 'viewer', '--cameras', 'camera1'], `${passwords.first}\n`);
    const { client } = await loggedIn('bob', passwords.first);
    expect(await camerasOf(client)).toEqual(['camera1']);
    await printed(['user', 'set', 'bob', '--cameras', 'all']);
    await until(async () => (await camerasOf(client)).length === 2);
    await printed(['user', 'set-password', 'bob'], passwords.second);
    expect(await client.closed).toEqual(ended);
    const next = await loggedIn('bob', passwords.second);
    expect(await printed(['user', 'list'])).toMatch(/^USER.*\nbob +viewer +all +\d{4}-/);
    await printed(['user', 'remove', 'bob']);
    expect(await next.client.closed).toEqual(ended);
  });

  test.each([
    [['user', 'add', 'eve', '--role', 'viewer'], 'short', /at least 10/],
    [['user', 'add', 'eve', '--role', 'viewer'], '', /no password/],
    [
      ['user', 'add', 'eve', '--role', 'viewer', '--cameras', 'camera55'],
      'a long password',
      /camera camera55/,
    ],
    [['user', 'remove', 'eve'], '', /user eve/],
    [['user', 'set', 'eve'], '', /nothing to set/],
    [['key', 'create', 'k', '--role', 'viewer', '--expires', '1y'], '', /30s, 15m, 24h, 7d/],
    [['key', 'revoke', 'key_nobody'], '', /api_key key_nobody/],
  ])('%j says what is wrong in one line', async (words, input, message) => {
    const { code, stdout, stderr } = await cli(words, input);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });

  test('prints a link that logs in once, with the role that it was made for', async () => {
    const link = await printed(['link', '--role', 'viewer']);
    const response = await fetch(link, { redirect: 'manual' });
    await using client = await service.rawClient(undefined, { headers: { cookie: cookieOf(response) } });
    expect(await camerasOf(client)).toHaveLength(2);
    expect((await client.call('list_users')).error?.code).toBe(-32002);
    expect((await fetch(link, { redirect: 'manual' })).headers.get('location')).toBe('/?login=expired');
  });
});

test('wrong passwords of others lock nobody else out, and wrong tokens cost nothing', async () => {
  const user = { user: 'carl', password: passwords.first, role: 'viewer' };
  await admin.result('create_user', user);
  const home = await loggedIn('carl', passwords.first);
  await using _ = home.client;
  for (let i = 0; i < 20; i++) expect((await post('/login', { token: `wrong ${i}` })).status).toBe(401);
  const refused = await until(async () => {
    const response = await post('/login', { user: `guess-${performance.now()}`, password: 'wrong' });
    return response.status === 429 && response;
  });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  // The address is locked for passwords; what is open stays, and tokens go on.
  expect((await home.client.call('login', user)).error).toMatchObject({ code: -32040 });
  expect(await camerasOf(home.client)).toHaveLength(2);
  expect(await statusWith({ authorization: `Bearer ${home.token}` })).toBe(200);
});

test('a restart keeps users, keys, logins and what was ended', async () => {
  const key = await printed(['key', 'create', 'lasting', '--role', 'viewer']);
  const cookies = {
    kept: cookieOf(await fetch(await printed(['link']), { redirect: 'manual' })),
    out: cookieOf(await fetch(await printed(['link']), { redirect: 'manual' })),
  };
  await post('/logout', {}, { cookie: cookies.out });
  const token = await service.token('viewer');
  const link = await printed(['link']);
  await stop();
  const refusedLink = await cli(['link']);
  expect(refusedLink).toMatchObject({ code: 1, stdout: '' });
  expect(refusedLink.stderr).toContain('no service runs');
  await service.startAgain();
  expect(await statusWith({ 'x-api-key': key })).toBe(200);
  expect(await statusWith({ cookie: cookies.kept })).toBe(200);
  expect(await statusWith({ cookie: cookies.out })).toBe(401);
  expect(await statusWith({ authorization: `Bearer ${token}` })).toBe(200);
  const { client } = await loggedIn('carl', passwords.first);
  await client[Symbol.asyncDispose]();
  const { pathname, search } = new URL(link);
  const late = await fetch(service.httpUrl + pathname + search, { redirect: 'manual' });
  expect(late.headers.get('location')).toBe('/');
});

test('a new secret takes effect at the next start, and what the old one signed goes on', async () => {
  const cookie = cookieOf(await fetch(await printed(['link']), { redirect: 'manual' }));
  const old = await service.token('viewer');
  expect(await printed(['secret', 'rotate'])).toMatch(/restart the service/);
  expect(await statusWith({ authorization: `Bearer ${old}` })).toBe(200);
  await stop();
  await service.startAgain();
  const fresh = await service.token('viewer');
  for (const token of [old, fresh]) expect(await statusWith({ authorization: `Bearer ${token}` })).toBe(200);
  expect(await statusWith({ cookie })).toBe(200);
  await stop();
  expect(await printed(['secret', 'rotate'])).toBe('the secret is a new one');
  await service.startAgain();
  expect(await statusWith({ authorization: `Bearer ${old}` })).toBe(401);
  expect(await statusWith({ authorization: `Bearer ${fresh}` })).toBe(200);
  expect(await statusWith({ cookie })).toBe(401);
});

test('no password, key or token of all this is in the logs', () => {
  expect(logs).toHaveLength(3);
  for (const log of [...logs, service.log]) {
    expect(log).toContain('HTTP listens');
    for (const word of Object.values(passwords)) expect(log).not.toContain(word);
    expect(log).not.toMatch(/csk_[A-Za-z0-9_-]{20}/);
    expect(log).not.toMatch(/eyJ[A-Za-z0-9_-]+\./);
  }
});

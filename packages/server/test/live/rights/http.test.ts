import { RawClient } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credential } from '../contract/callers.ts';
import { makeToken } from '../contract/world.ts';
import { whepOffer } from '../whep-offer.ts';
import { foreign, missing, own } from './matrix.ts';
import { RightsWorld, tellsOfForeign } from './rights-world.ts';

/** How somebody proves who it is; each way with all cameras and with camera0 alone. */
const ways = ['nothing', 'Bearer', 'X-API-Key', 'cookie'] as const;
type Way = (typeof ways)[number];
const callers: { way: Way; isLimited: boolean }[] = ways.flatMap((way) =>
  (way === 'nothing' ? [false] : [false, true]).map((isLimited) => ({ way, isLimited })),
);

let rights: RightsWorld;
const credentials = new Map<string, Credential>();
const files = { recordings: { own: '', foreign: '' }, snapshots: { own: '', foreign: '' } };
const links = new Map<string, string>();

beforeAll(async () => {
  rights = await RightsWorld.create({ CAMERA_SERVICE_HEALTH_METRICS: 'true' });
  for (const caller of callers) credentials.set(JSON.stringify(caller), await credentialFor(caller));
  for (const whose of ['own', 'foreign'] as const) {
    const options = { isForeign: whose === 'foreign', isNew: false };
    files.recordings[whose] = await rights.targetOf('recording', options);
    files.snapshots[whose] = await rights.targetOf('snapshot', options);
  }
  for (const kind of ['recordings', 'snapshots']) {
    const list = await rights.world.result<{ files: { filename: string; download_url: string }[] }>(
      `list_${kind}`,
    );
    for (const { filename, download_url } of list.files) links.set(filename, download_url);
  }
});
afterAll(async () => rights?.[Symbol.asyncDispose]());

async function credentialFor({ way, isLimited }: { way: Way; isLimited: boolean }): Promise<Credential> {
  if (way === 'nothing') return {};
  const limit = isLimited ? { cameras: [own] } : {};
  const token = makeToken('viewer', limit);
  if (way === 'Bearer') return { authorization: `Bearer ${token}` };
  const { key } = await rights.world.result('create_api_key', { name: 'of HTTP', role: 'viewer', ...limit });
  if (way === 'X-API-Key') return { 'x-api-key': key as string };
  const login = await fetch(url('/login'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: key }),
  });
  return { cookie: login.headers.get('set-cookie')!.split(';')[0]! };
}

const url = (path: string) => rights.world.service.httpUrl + path;

/** Of fetch, with headers as a plain object. */
interface Init extends RequestInit {
  headers?: Record<string, string>;
}

interface Answer {
  status: number;
  text: string;
}

async function ask(path: string, headers: Credential, init: Init = {}): Promise<Answer> {
  const response = await fetch(url(path), { ...init, headers: { ...headers, ...init.headers } });
  return { status: response.status, text: await response.text() };
}

/** Paths that name a camera or something of it, and what they answer to somebody who may see it. */
const ofCameras: { path: (whose: 'own' | 'foreign') => string; ok: number[]; init?: Init }[] = [
  { path: (whose) => `/media/${deviceOf(whose)}/still.jpg`, ok: [200] },
  { path: (whose) => `/media/${deviceOf(whose)}/still.jpg?width=32&max_age_ms=60000`, ok: [200] },
  { path: (whose) => `/media/${deviceOf(whose)}/hls/index.m3u8`, ok: [200] },
  { path: (whose) => `/media/${deviceOf(whose)}/whep`, ok: [204], init: { method: 'OPTIONS' } },
  {
    path: (whose) => `/media/${deviceOf(whose)}/whep`,
    ok: [201],
    init: { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: whepOffer },
  },
  { path: (whose) => `/files/recordings/${files.recordings[whose]}`, ok: [200] },
  { path: (whose) => `/files/snapshots/${files.snapshots[whose]}`, ok: [200] },
  {
    path: (whose) => `/files/snapshots/${files.snapshots[whose]}`,
    ok: [206],
    init: { headers: { range: 'bytes=0-9' } },
  },
  { path: (whose) => `/files/recordings/${files.recordings[whose]}`, ok: [200], init: { method: 'HEAD' } },
];

const deviceOf = (whose: 'own' | 'foreign') => (whose === 'own' ? own : foreign);

describe.each(callers)('by $way, limited to camera0: $isLimited', (caller) => {
  const headers = () => credentials.get(JSON.stringify(caller))!;
  const isStranger = caller.way === 'nothing';

  test.each(ofCameras.map((row, at) => [at, row] as const))(
    'camera path %i',
    async (_at, { path, ok, init }) => {
      for (const whose of ['own', 'foreign'] as const) {
        const answer = await ask(path(whose), headers(), init);
        const expected = isStranger ? [401] : caller.isLimited && whose === 'foreign' ? [404] : ok;
        expect(expected, `${path(whose)}: ${answer.text.slice(0, 200)}`).toContain(answer.status);
        if (!isStranger && expected[0] !== 404) continue;
        // As it is for what doesn't exist.
        const absent = path(whose).replace(/camera[01]/, missing);
        const other = await ask(absent, headers(), init);
        expect(other).toEqual({ ...answer, text: answer.text.replaceAll(deviceOf(whose), missing) });
      }
    },
  );

  test.each(['recordings', 'snapshots'] as const)(
    'a signed link to %s opens its own file alone',
    async (kind) => {
      for (const whose of ['own', 'foreign'] as const) {
        const link = links.get(files[kind][whose])!;
        expect((await ask(link, headers())).status).toBe(200);
        expect(
          (
            await ask(
              link.replace(/sig=(.)/, (_, first) => `sig=${first === '_' ? '-' : '_'}`),
              {},
            )
          ).status,
        ).toBe(401);
      }
      const stolen = links.get(files[kind].own)!.replace(files[kind].own, files[kind].foreign);
      const expected = isStranger ? 401 : caller.isLimited ? 404 : 200;
      expect((await ask(stolen, headers())).status).toBe(expected);
    },
  );

  test('/api/cameras, the page and /metrics tell of no camera that is hidden', async () => {
    for (const path of ['/api/cameras', '/', '/metrics']) {
      const { status, text } = await ask(path, headers());
      expect(status, path).toBe(isStranger && path !== '/' ? 401 : 200);
      expect(text.includes(own), path).toBe(!isStranger);
      expect(tellsOfForeign(text), path).toBe(!isStranger && !caller.isLimited);
    }
  });

  test('what needs no login is open, and names no camera', async () => {
    const paths = ['', '/live', '/ready', '/detailed', '/system', '/cameras', '/mediamtx'].map(
      (path) => `/health${path}`,
    );
    for (const path of [...paths, '/openrpc.json']) {
      const { status, text } = await ask(path, headers());
      expect(status, path).toBe(200);
      expect(tellsOfForeign(text), path).toBe(false);
    }
  });

  test('/rpc and /ws know who it is', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'get_camera_list' });
    const { status, text } = await ask('/rpc', headers(), { method: 'POST', body });
    const count = caller.isLimited ? 1 : 2;
    const expected = isStranger ? { error: { code: -32001 } } : { result: { total: count } };
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject(expected);
    await using client = await RawClient.open(rights.world.service.ready.ws_url, {
      headers: { ...headers() },
    });
    expect(await client.call('get_camera_list')).toMatchObject(expected);
  });
});

describe('a credential that is no good', () => {
  test.each<[string, Credential, number]>([
    ['a Bearer of another key', { authorization: 'Bearer a.b.c' }, 401],
    ['an API key that nobody made', { 'x-api-key': `csk_${'a'.repeat(43)}` }, 401],
    ['a JWT as API key', { 'x-api-key': makeToken('viewer') }, 401],
    // A browser sends it unasked, so it counts as none.
    ['a cookie that nobody sealed', { cookie: 'camera_session=abc' }, 401],
  ])('%s opens nothing', async (_what, headers, expected) => {
    for (const path of [
      '/api/cameras',
      '/media/camera0/still.jpg',
      `/files/snapshots/${files.snapshots.own}`,
    ]) {
      expect((await ask(path, headers)).status, path).toBe(expected);
    }
    const isCookie = headers.cookie !== undefined;
    const { status } = await ask('/rpc', headers, {
      method: 'POST',
      body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    });
    expect(status).toBe(isCookie ? 200 : 401);
    if (!isCookie) {
      const { ws_url } = rights.world.service.ready;
      expect(await RawClient.refusal(ws_url, { headers: { ...headers } })).toBe(401);
    }
    expect((await ask('/health', headers)).status).toBe(200);
  });
});

test('the health port answers without login, and its metrics name no camera', async () => {
  const { health_url } = rights.world.service.ready;
  for (const path of ['/health', '/health/detailed', '/health/cameras', '/metrics']) {
    const response = await fetch(new URL(path, health_url));
    expect(response.status, path).toBe(200);
    const text = await response.text();
    expect(/camera[01](?![0-9])|Foreign/.test(text), path).toBe(false);
  }
});

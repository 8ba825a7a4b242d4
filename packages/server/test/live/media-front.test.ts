import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ffmpegBinary, MediaMtx, Program, TempDir, until } from '@mediamtx-camera-service/testkit';
import type { MediaSource } from '../../src/http/deps.ts';
import { HttpServer } from '../../src/http/server.ts';
import { bearer, cookieOf, createParts, viewer, type Parts } from '../http/support.ts';
import { whepOffer } from './whep-offer.ts';

const login = { user: 'service', pass: 'very-private-password' };
const authorization = `Basic ${Buffer.from(`${login.user}:${login.pass}`).toString('base64')}`;

let sockets: TempDir;
let media: MediaMtx;
let parts: Parts;
let server: HttpServer;
let headers: { authorization: string };
const demands: string[] = [];
/** What the source says now of where MediaMTX is; a test changes it as a restart would. */
let upstream: { directory: string; authorization: string };

beforeAll(async () => {
  sockets = await TempDir.create();
  media = await startMediaMtx(sockets);
  parts = createParts({ media: source, startTimeoutMs: 20_000 });
  server = new HttpServer(parts);
  await server.start();
  headers = await bearer(parts);
});

afterAll(async () => {
  await server.stop();
  await media[Symbol.asyncDispose]();
  await sockets[Symbol.asyncDispose]();
});

beforeEach(() => {
  upstream = { directory: sockets.path, authorization };
  demands.length = 0;
});

function startMediaMtx({ path }: TempDir, pass = login.pass): Promise<MediaMtx> {
  return MediaMtx.start({
    config: {
      hlsAddress: `unix://${path}/hls.sock`,
      webrtcAddress: `unix://${path}/webrtc.sock`,
      webrtcICEServers2: [{ url: 'stun:192.0.2.1:3478', clientOnly: true }],
      authInternalUsers: [
        { user: login.user, pass, ips: [], permissions: [{ action: 'read', path: '' }] },
        {
          user: 'any',
          pass: '',
          ips: ['127.0.0.1'],
          permissions: [{ action: 'api' }, { action: 'publish', path: '' }],
        },
      ],
      paths: { camera0: {}, camera1: {} },
    },
  });
}

const source: MediaSource = {
  resolve: (device) => ({ camera0: 'camera0', camera1: 'camera1', '/dev/video0': 'camera0' })[device],
  demand: (device, reason) => void demands.push(`${device} ${reason}`),
  whep: (device) => endpoint('webrtc', device),
  hls: (device) => endpoint('hls', device),
  whepSessions: async () => {
    const list = await fetch(`${media.apiUrl}/v3/webrtcsessions/list`);
    return ((await list.json()) as { items: { id: string }[] }).items.map(({ id }) => id);
  },
  still: () => Promise.reject(new Error('not in this test')),
};

function endpoint(kind: 'webrtc' | 'hls', device: string) {
  return {
    socketPath: `${upstream.directory}/${kind}.sock`,
    authorization: upstream.authorization,
    basePath: `/${device}`,
  };
}

function push(to: MediaMtx, device: string): Program {
  const input = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=15'];
  const encoder = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '15',
  ];
  const output = ['-pkt_size', '1300', '-f', 'rtsp', '-rtsp_transport', 'tcp', `${to.rtspUrl}/${device}`];
  return Program.start({
    command: ffmpegBinary(),
    args: ['-nostdin', '-loglevel', 'error', ...input, ...encoder, ...output],
  });
}

function pushForTest(to: MediaMtx, device: string): void {
  const pushing = push(to, device);
  onTestFinished(() => pushing.stop());
}

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}${path}`, { headers, redirect: 'manual', ...init });
}

/** Whether MediaMTX has a picture of the camera. */
async function isAvailable(device: string, of = media): Promise<boolean> {
  const path = (await (await fetch(`${of.apiUrl}/v3/paths/get/${device}`)).json()) as { available?: boolean };
  return path.available === true;
}

async function webrtcSessions(): Promise<number> {
  const list = (await (await fetch(`${media.apiUrl}/v3/webrtcsessions/list`)).json()) as {
    itemCount: number;
  };
  return list.itemCount;
}

function postOffer(device: string, extra: Record<string, string> = headers): Promise<Response> {
  return call(`/media/${device}/whep`, {
    method: 'POST',
    body: whepOffer,
    headers: { ...extra, 'content-type': 'application/sdp' },
  });
}

function postBody(body: string, type: string): Promise<Response> {
  return call('/media/camera0/whep', { method: 'POST', body, headers: { ...headers, 'content-type': type } });
}

function endSession(location: string, as: Record<string, string>): Promise<Response> {
  return call(location, { method: 'DELETE', headers: as });
}

async function cookieFor(cameras: string[]): Promise<{ cookie: string }> {
  const reply = await call(`/login?code=${parts.loginCodes.create({ ...viewer, cameras })}`);
  return { cookie: cookieOf({ 'set-cookie': reply.headers.get('set-cookie') }) };
}

/** Everything that an answer says, for the search of what it must not say. */
function saidBy(response: Response, body: string): string {
  return `${[...response.headers].join('\n')}\n${body}`;
}

function expectNothingPrivate(said: string): void {
  expect(said).not.toContain(login.pass);
  expect(said).not.toContain(authorization.slice(6));
  expect(said).not.toContain('.sock');
  expect(said.toLowerCase()).not.toContain('www-authenticate');
}

describe('WHEP', () => {
  let pushing: Program;
  beforeAll(async () => {
    pushing = push(media, 'camera0');
    await until(() => isAvailable('camera0'));
  });
  afterAll(() => pushing.stop());

  test('an offer is answered, and its session ends by DELETE on the Location', async () => {
    const reply = await postOffer('camera0');
    const answer = await reply.text();
    expect(reply.status).toBe(201);
    expect(reply.headers.get('content-type')).toBe('application/sdp');
    expect(answer).toMatch(/^v=0[\s\S]*a=candidate:/);
    expect(reply.headers.get('link')).toContain('stun:192.0.2.1:3478');
    const location = reply.headers.get('location')!;
    expect(location).toMatch(/^\/media\/camera0\/whep\/[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}$/);
    expectNothingPrivate(saidBy(reply, answer));
    expect(demands).toEqual(['camera0 whep']);
    expect(await webrtcSessions()).toBe(1);
    expect((await call(location, { method: 'DELETE' })).status).toBe(200);
    await until(async () => (await webrtcSessions()) === 0);
  });

  test('the end of a session that has ended already is no failure', async () => {
    const location = (await postOffer('camera0')).headers.get('location')!;
    for (let time = 0; time < 2; time++) {
      expect((await call(location, { method: 'DELETE' })).status).toBe(200);
      await until(async () => (await webrtcSessions()) === 0);
    }
  });

  test('candidates can be added by PATCH', async () => {
    const location = (await postOffer('camera0')).headers.get('location')!;
    const fragment =
      'a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:0\r\n' +
      'a=candidate:2 1 udp 2113937150 127.0.0.1 10 typ host\r\n';
    const patch = (type: string) =>
      call(location, {
        method: 'PATCH',
        body: fragment,
        headers: { ...headers, 'content-type': type, 'if-match': '*' },
      });
    expect((await patch('application/trickle-ice-sdpfrag')).status).toBe(204);
    expect((await patch('application/sdp')).status).toBe(415);
    await call(location, { method: 'DELETE' });
  });

  test('a session is of no use to others', async () => {
    const location = (await postOffer('camera0')).headers.get('location')!;
    expect((await endSession(location, {})).status).toBe(401);
    expect((await endSession(location, await cookieFor(['camera1']))).status).toBe(404);
    // The right to another camera doesn't reach it by that camera's path either.
    expect((await endSession(location.replace('camera0', 'camera1'), headers)).status).toBe(404);
    expect((await endSession(location.replace(/\..*/, ''), headers)).status).toBe(404);
    expect(await webrtcSessions()).toBe(1);
    expect((await endSession(location, await cookieFor(['camera0']))).status).toBe(200);
  });

  test('nobody gets in without login or right', async () => {
    expect((await postOffer('camera0', {})).status).toBe(401);
    expect((await postOffer('camera0', await cookieFor(['camera1']))).status).toBe(404);
    expect((await postOffer('camera9')).status).toBe(404);
    expect(demands).toEqual([]);
  });

  test('OPTIONS tells the ICE servers', async () => {
    const reply = await call('/media/camera0/whep', { method: 'OPTIONS' });
    expect(reply.status).toBe(204);
    expect(reply.headers.get('link')).toContain('stun:192.0.2.1:3478');
    expect((await call('/media/camera0/whep', { method: 'OPTIONS', headers: {} })).status).toBe(401);
  });

  test('what is no offer is refused in words', async () => {
    expect((await postBody('v=0 nonsense', 'application/sdp')).status).toBe(400);
    expect((await postBody(whepOffer, 'text/plain')).status).toBe(415);
    expect((await postBody('{}', 'application/json')).status).toBe(415);
  });
});

test('the first viewer is answered when the camera has become live', async () => {
  const waiting = postOffer('camera1');
  await until(() => demands.length > 0);
  pushForTest(media, 'camera1');
  const reply = await waiting;
  expect(reply.status).toBe(201);
  await call(reply.headers.get('location')!, { method: 'DELETE' });
});

test('a camera that does not become live is 503 in JSON', async () => {
  const impatient = new HttpServer(createParts({ media: source, startTimeoutMs: 200 }));
  await impatient.start();
  const url = `http://127.0.0.1:${impatient.port}/media/camera1`;
  const whep = await fetch(`${url}/whep`, {
    method: 'POST',
    body: whepOffer,
    headers: { ...headers, 'content-type': 'application/sdp' },
  });
  for (const reply of [whep, await fetch(`${url}/hls/index.m3u8`, { headers })]) {
    expect(reply.status).toBe(503);
    expect(reply.headers.get('retry-after')).toBe('1');
    expect(await reply.json()).toMatchObject({
      error: { code: -32050, data: { reason: 'camera_not_live' } },
    });
  }
  await impatient.stop();
});

describe('HLS', () => {
  let pushing: Program;
  beforeAll(() => {
    pushing = push(media, 'camera0');
  });
  afterAll(() => pushing.stop());

  const base = '/media/camera0/hls';

  /** Follows the playlists to what they name, as a player does. */
  async function play() {
    const index = await call(`${base}/index.m3u8`);
    const indexText = await index.text();
    const variant = indexText
      .split('\n')
      .find((line) => line !== '' && !line.startsWith('#'))!
      .trim();
    const playlist = await call(`${base}/${variant}`);
    return { index, indexText, variant, playlist, text: await playlist.text() };
  }

  test('index, playlist, blocking reload, header and segment come through, each with the session in its address', async () => {
    const { index, indexText, variant, playlist, text } = await play();
    expect(index.status).toBe(200);
    expect(index.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    expect(index.headers.get('set-cookie')).toBeNull();
    expect(variant).toMatch(/^[A-Za-z0-9_]+\.m3u8\?session=/);
    expect(playlist.status).toBe(200);
    expectNothingPrivate(saidBy(index, indexText) + saidBy(playlist, text));
    const part = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(text)![1]!;
    const sequence = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)![1]);
    const segments = text.split('\n').filter((line) => line.includes('.mp4') && !line.startsWith('#')).length;
    // The part does not exist yet: MediaMTX holds both requests until it does.
    const [hinted, reload] = await Promise.all([
      call(`${base}/${part}`),
      call(`${base}/${variant}&_HLS_msn=${sequence + segments + 1}&_HLS_part=0`),
    ]);
    expect(hinted.status).toBe(200);
    expect((await hinted.arrayBuffer()).byteLength).toBeGreaterThan(0);
    expect(reload.status).toBe(200);
    const later = await reload.text();
    // Before the first real segments stand gaps, which have no content.
    const segment = later
      .split('\n')
      .find((line) => /^(?!gap)[^#]*\.mp4/.test(line))!
      .trim();
    const header = /#EXT-X-MAP:URI="([^"]+)"/.exec(later)![1]!;
    for (const name of [segment, header]) {
      const reply = await call(`${base}/${name}`);
      expect(reply.headers.get('content-type')).toBe('video/mp4');
      expect(
        Buffer.from(await reply.arrayBuffer())
          .subarray(4, 8)
          .toString(),
      ).toMatch(/ftyp|moof|styp/);
    }
    const farAhead = await call(`${base}/${variant}&_HLS_msn=${sequence + 1_000}&_HLS_part=0`);
    expect(farAhead.status).toBe(400);
    expect(await farAhead.json()).toMatchObject({
      error: { code: -32602, data: { param: '_HLS_msn', rule: 'part_exists' } },
    });
    expect(new Set(demands)).toEqual(new Set(['camera0 hls']));
  });

  test('a session alone opens nothing', async () => {
    const { variant } = await play();
    expect((await call(`${base}/${variant}`, { headers: {} })).status).toBe(401);
    expect((await call(`${base}/${variant}`, { headers: await cookieFor(['camera1']) })).status).toBe(404);
    expect((await call(`/media/camera1/hls/${variant}`)).status).toBe(404);
  });

  test('a session that MediaMTX has forgotten is 404, not a lost login', async () => {
    const { variant } = await play();
    const reply = await call(
      `${base}/${variant.replace(/session=.*/, 'session=0b1f2a7c-0000-4000-8000-000000000000')}`,
    );
    expect(reply.status).toBe(404);
    expectNothingPrivate(saidBy(reply, await reply.text()));
  });

  test.each(['..%2fcamera1%2findex.m3u8', 'hls.min.js', '%2e%2e', 'a%3fb.mp4', 'index.m3u8%2f'])(
    '%s goes no further',
    async (name) => {
      expect((await call(`${base}/${name}`)).status).toBe(404);
    },
  );
});

describe('MediaMTX restarts', () => {
  test('with other sockets and another login: the next request goes there', async () => {
    await using elsewhere = await TempDir.create();
    await using second = await startMediaMtx(elsewhere, 'another-password');
    pushForTest(second, 'camera0');
    await until(() => isAvailable('camera0', second));
    const other = `Basic ${Buffer.from(`${login.user}:another-password`).toString('base64')}`;
    upstream = { directory: elsewhere.path, authorization: other };
    expect((await postOffer('camera0')).status).toBe(201);
    expect((await call('/media/camera0/hls/index.m3u8')).status).toBe(200);
  });

  test('with a login that is not known yet: 502 in JSON, without a hint to log in', async () => {
    upstream.authorization = `Basic ${Buffer.from('service:wrong').toString('base64')}`;
    const reply = await postOffer('camera0');
    expect(reply.status).toBe(502);
    expectNothingPrivate(saidBy(reply, await reply.text()));
  });

  test('while it is away: 503 in JSON, without its address', async () => {
    upstream.directory = '/nonexistent';
    for (const reply of [await postOffer('camera0'), await call('/media/camera0/hls/index.m3u8')]) {
      expect(reply.status).toBe(503);
      const body = await reply.text();
      expect(JSON.parse(body)).toMatchObject({
        error: { code: -32050, data: { reason: 'mediamtx_unreachable' } },
      });
      expect(saidBy(reply, body)).not.toContain('nonexistent');
    }
  });

  test('on the same sockets: kept connections that died are no error', async () => {
    const pushing = push(media, 'camera0');
    await until(() => isAvailable('camera0'));
    await Promise.all([postOffer('camera0'), postOffer('camera0'), call('/media/camera0/hls/index.m3u8')]);
    await pushing.stop();
    await media.restart();
    pushForTest(media, 'camera0');
    expect((await postOffer('camera0')).status).toBe(201);
    expect((await call('/media/camera0/hls/index.m3u8')).status).toBe(200);
  });
});

import { truncateSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { type RawClient, Service, until } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { RtspPlayer } from './watching.ts';
import { whepOffer } from './whep-offer.ts';

type Headers = Record<string, string>;

let service: Service;
let admin: RawClient;
let adminHeaders: Headers;
/** Snapshots of both cameras; the own one is too large to be sent while nobody reads. */
const files = { own: '', foreign: '' };

beforeAll(async () => {
  service = await Service.start({ testCameras: 2, mediamtx: 'managed' });
  admin = await service.rawClient('admin');
  adminHeaders = { authorization: `Bearer ${await service.token('admin')}` };
  for (const [whose, device] of [
    ['own', 'camera0'],
    ['foreign', 'camera1'],
  ] as const) {
    await admin.result('start_streaming', { device });
    await until(async () => (await admin.result<{ ready: boolean }>('get_stream_status', { device })).ready);
    const { filename, file_path } = await admin.result<{ filename: string; file_path: string }>(
      'take_snapshot',
      {
        device,
      },
    );
    files[whose] = filename;
    if (whose === 'own') truncateSync(file_path, 1024 ** 3);
  }
});
afterAll(async () => service?.[Symbol.asyncDispose]());

/** Somebody who may see camera0 alone, and how that ends. */
interface Holder {
  headers: Headers;
  /** A connection of it. */
  client: RawClient;
  /** An address for players. */
  rtspUrl: (device: string) => string;
  end: () => Promise<unknown>;
}

async function isRefused(url: string): Promise<boolean> {
  await using player = RtspPlayer.open(url);
  await until(() => player.hasExited || player.frames > 0);
  return player.words.includes('401');
}

let count = 0;
const inUrl = (device: string, login = '') => service.ready.rtsp_url.replace('://', `://${login}`) + device;

async function apiKey(options: Record<string, unknown> = {}): Promise<{ key: string; key_id: string }> {
  return await admin.result('create_api_key', {
    name: 'a player',
    role: 'viewer',
    cameras: ['camera0'],
    ...options,
  });
}

async function withKey(): Promise<Holder> {
  const { key, key_id } = await apiKey();
  const client = await service.rawClient();
  await client.result('authenticate', { token: key });
  return {
    headers: { 'x-api-key': key },
    client,
    rtspUrl: (device) => inUrl(device, `${key_id}:${key}@`),
    end: () => admin.result('revoke_api_key', { key_id }),
  };
}

async function withUser(endBy: (user: string) => Promise<unknown>): Promise<Holder> {
  const user = `vera${++count}`;
  const password = 'a good password';
  await admin.result('create_user', { user, password, role: 'viewer', cameras: ['camera0'] });
  const client = await service.rawClient();
  const { token } = await client.result<{ token: string }>('login', { user, password });
  const { stream_url } = await client.result<{ stream_url: string }>('get_stream_url', { device: 'camera0' });
  return {
    headers: { authorization: `Bearer ${token}` },
    client,
    rtspUrl: (device) => stream_url.replace('camera0', device),
    end: () => endBy(user),
  };
}

const holders: [string, () => Promise<Holder>][] = [
  ['an API key that is revoked', withKey],
  ['a user who is deleted', () => withUser((user) => admin.result('delete_user', { user }))],
  [
    'a user who may no longer see the camera',
    () => withUser((user) => admin.result('set_user', { user, cameras: ['camera1'] })),
  ],
];

/** The session's path. */
async function openWhep(headers: Headers, device = 'camera0'): Promise<string> {
  const reply = await fetch(`${service.httpUrl}/media/${device}/whep`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/sdp' },
    body: whepOffer,
  });
  expect(reply.status).toBe(201);
  return reply.headers.get('location')!;
}

/** Whether MediaMTX still has the session. */
async function hasWhep(location: string): Promise<boolean> {
  const reply = await fetch(service.httpUrl + location, {
    method: 'PATCH',
    headers: { ...adminHeaders, 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' },
    body: 'a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=video 9 RTP/AVP 0\r\na=mid:0\r\n',
  });
  expect([204, 404]).toContain(reply.status);
  return reply.status === 204;
}

/**
 * Nobody listens at the address of the offer, so that MediaMTX gives a session up after ten seconds. One of another,
 * opened before and still there, shows that this is not what ended it.
 */
async function openWhepBesideAnother(headers: Headers) {
  const other = await openWhep(adminHeaders);
  const session = await openWhep(headers);
  expect(await hasWhep(session)).toBe(true);
  return {
    untilEnded: async () => {
      await until(async () => !(await hasWhep(session)), { what: 'the end of the WHEP session' });
      expect(await hasWhep(other)).toBe(true);
    },
    closeOther: () => statusOf(other, adminHeaders, { method: 'DELETE' }),
  };
}

/** A client that takes its time; resolves once the file comes. */
async function openDownload(path: string, headers: Headers): Promise<{ isCutOff: () => boolean }> {
  const call = request(service.httpUrl + path, { headers });
  onTestFinished(() => void call.destroy());
  call.on('error', () => undefined);
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  expect([200, 206]).toContain(response.statusCode);
  response.on('error', () => undefined);
  response.on('data', () => {
    response.pause();
    setTimeout(() => response.resume(), 2);
  });
  return { isCutOff: () => response.closed && !response.complete };
}

async function untilPlaying(player: RtspPlayer): Promise<void> {
  await until(() => {
    if (player.hasExited) throw new Error(player.words);
    return player.frames > 0;
  });
}

/** As a person would who is cut off together with the lost secret, in the moment before MediaMTX goes without it. */
async function openPlaying(url: string): Promise<RtspPlayer> {
  return await until(async () => {
    const player = RtspPlayer.open(url);
    await until(() => player.hasExited || player.frames > 0);
    if (!player.hasExited) return player;
    expect(player.words).not.toContain('401');
    return undefined;
  });
}

async function statusOf(
  path: string,
  headers: Headers,
  init: { method?: string; headers?: Headers; body?: string } = {},
): Promise<number> {
  const reply = await fetch(service.httpUrl + path, { ...init, headers: { ...headers, ...init.headers } });
  await reply.body?.cancel();
  return reply.status;
}

async function openLink(client: RawClient): Promise<string> {
  const list = await client.result<{ files: { filename: string; download_url: string }[] }>('list_snapshots');
  return list.files.find(({ filename }) => filename === files.own)!.download_url;
}

interface ListedSession {
  session_id: string;
  transport: string;
  device: string | null;
}

async function sessionsOn(transport: string, device = 'camera0'): Promise<ListedSession[]> {
  const { sessions } = await admin.result<{ sessions: ListedSession[] }>('list_sessions');
  return sessions.filter((session) => session.transport === transport && session.device === device);
}

describe.each(holders)('of %s', (_who, create) => {
  test('all media end: WHEP, RTSP, HLS, downloads and links', async () => {
    const { headers, client, rtspUrl, end } = await create();
    await using player = RtspPlayer.open(rtspUrl('camera0'));
    const link = await openLink(client);
    const range = { range: 'bytes=1000-' };
    const downloads = [
      await openDownload(`/files/snapshots/${files.own}`, headers),
      await openDownload(`/files/snapshots/${files.own}`, { ...headers, ...range }),
      await openDownload(link, {}),
    ];
    expect(await statusOf('/media/camera0/hls/index.m3u8', headers)).toBe(200);
    await untilPlaying(player);
    await until(async () => (await sessionsOn('rtsp')).length === 1);
    const whep = await openWhepBesideAnother(headers);
    expect(await sessionsOn('webrtc')).toHaveLength(2);

    await end();

    await whep.untilEnded();
    await until(() => player.hasExited, { what: 'the end of the player' });
    await until(() => downloads.every(({ isCutOff }) => isCutOff()), { what: 'the end of the downloads' });
    for (const path of ['hls/index.m3u8', 'still.jpg']) {
      expect([401, 404], path).toContain(await statusOf(`/media/camera0/${path}`, headers));
    }
    expect([401, 404]).toContain(await statusOf(link, {}));
    await using again = RtspPlayer.open(rtspUrl('camera0'));
    await until(() => again.hasExited);
    expect(again.words).toContain('401');
    expect(await sessionsOn('rtsp')).toEqual([]);
    await whep.closeOther();
    expect(await sessionsOn('webrtc')).toEqual([]);
  });

  test('media of another camera are not to be had', async () => {
    const { headers, rtspUrl, client } = await create();
    const offer = { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: whepOffer };
    expect(await statusOf('/media/camera1/whep', headers, offer)).toBe(404);
    expect(await statusOf('/media/camera1/hls/index.m3u8', headers)).toBe(404);
    expect(await statusOf('/media/camera1/still.jpg', headers)).toBe(404);
    expect(await statusOf(`/files/snapshots/${files.foreign}`, headers)).toBe(404);
    expect((await client.call('get_stream_url', { device: 'camera1' })).error?.code).toBe(-32010);
    await using player = RtspPlayer.open(rtspUrl('camera1'));
    await until(() => player.hasExited);
    expect(player.words).toContain('401');
    expect(player.frames).toBe(0);
  });

  test('who asks for an address again and again gets the same login, and another one gets another', async () => {
    const [first, second] = [await withUser(async () => undefined), await withUser(async () => undefined)];
    for (const { client, rtspUrl } of [first, second]) {
      const again = await client.result<{ stream_url: string }>('get_stream_url', { device: 'camera0' });
      expect(again.stream_url).toBe(rtspUrl('camera0'));
    }
    expect(first.rtspUrl('camera0')).not.toBe(second.rtspUrl('camera0'));
  });

  test('a login for players that was never used is none once its user is deleted', async () => {
    const { rtspUrl, end } = await withUser((user) => admin.result('delete_user', { user }));
    await end();
    await until(() => isRefused(rtspUrl('camera0')), { what: 'the refusal' });
  });

  test('a login for players that nobody had to log in for is none once security.open_reads is off', async () => {
    const nobody = await service.rawClient();
    await admin.result('set_config', { changes: { 'security.open_reads': true } });
    const { stream_url: url } = await nobody.result<{ stream_url: string }>('get_stream_url', {
      device: 'camera0',
    });
    await admin.result('set_config', { changes: { 'security.open_reads': false } });
    await until(() => isRefused(url), { what: 'the refusal' });
  });

  test('a WHEP session can be neither changed nor closed by who may see another camera alone', async () => {
    const { headers } = await create();
    const session = await openWhep(headers);
    const { key } = await apiKey({ cameras: ['camera1'] });
    expect(await statusOf(session, { 'x-api-key': key }, { method: 'DELETE' })).toBe(404);
    expect(await hasWhep(session)).toBe(true);
    expect(await statusOf(session, headers, { method: 'DELETE' })).toBe(200);
    expect(await sessionsOn('webrtc')).toEqual([]);
  });
});

test('an API key of all cameras plays each by RTSP, and a key that nobody made none', async () => {
  const { key, key_id } = await apiKey({ cameras: undefined });
  for (const device of ['camera0', 'camera1']) {
    await using player = RtspPlayer.open(inUrl(device, `${key_id}:${key}@`));
    await untilPlaying(player);
  }
  await using stranger = RtspPlayer.open(inUrl('camera0', `${key_id}:csk_${'a'.repeat(43)}@`));
  await until(() => stranger.hasExited);
  expect(stranger.words).toContain('401');
});

test('both secrets of a rotated key play until the end of the older one, which ends what was opened before', async () => {
  const { key, key_id } = await apiKey();
  await using before = RtspPlayer.open(inUrl('camera0', `${key_id}:${key}@`));
  await untilPlaying(before);
  await until(async () => (await sessionsOn('rtsp')).length === 1);
  const rotated = await admin.result<{ key: string }>('rotate_api_key', { key_id, grace_seconds: 6 });
  await using old = RtspPlayer.open(inUrl('camera0', `${key_id}:${key}@`));
  await untilPlaying(old);
  expect(before.hasExited).toBe(false);
  await until(() => before.hasExited && old.hasExited, { what: 'the end of the older secret' });
  await using late = RtspPlayer.open(inUrl('camera0', `${key_id}:${key}@`));
  await until(() => late.hasExited);
  expect(late.words).toContain('401');
  await using after = await openPlaying(inUrl('camera0', `${key_id}:${rotated.key}@`));
  await admin.result('revoke_api_key', { key_id });
  await until(() => after.hasExited);
});

test('media of a key that expires end with it', async () => {
  const { key, key_id } = await apiKey({ expires_in: '4s' });
  const headers = { 'x-api-key': key };
  await using player = RtspPlayer.open(inUrl('camera0', `${key_id}:${key}@`));
  const download = await openDownload(`/files/snapshots/${files.own}`, headers);
  await untilPlaying(player);
  const whep = await openWhepBesideAnother(headers);
  await whep.untilEnded();
  await until(() => player.hasExited && download.isCutOff());
  await whep.closeOther();
});

test('end_session ends a player and a WHEP session', async () => {
  const { headers, rtspUrl } = await withKey();
  await using player = RtspPlayer.open(rtspUrl('camera0'));
  await untilPlaying(player);
  const whep = await openWhepBesideAnother(headers);
  for (const transport of ['webrtc', 'rtsp']) {
    const open = await until(async () => (await sessionsOn(transport)).at(-1));
    await admin.result('end_session', { session_id: open.session_id });
  }
  await whep.untilEnded();
  await until(() => player.hasExited);
  await whep.closeOther();
});

test('a WHEP viewer that vanishes leaves the list', async () => {
  const { headers } = await withKey();
  // Nobody listens at the address of the offer, so MediaMTX gives the session up.
  const session = await openWhep(headers);
  expect(await sessionsOn('webrtc')).toHaveLength(1);
  await until(async () => (await sessionsOn('webrtc')).length === 0, { timeoutMs: 60_000 });
  expect(await hasWhep(session)).toBe(false);
});

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { ffmpegBinary, Service, until } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ContractClient, type Params } from './contract-client.ts';

interface FileOfCatalog {
  filename: string;
  file_size: number;
  download_url: string;
}

let service: Service;
let token: string;
let client: ContractClient;
const header = () => ({ authorization: `Bearer ${token}` });

beforeAll(async () => {
  service = await Service.start();
  token = await service.token('operator');
  const socket = new WebSocket(service.ready.ws_url);
  await once(socket, 'open');
  client = new ContractClient(socket);
});
afterAll(async () => service?.[Symbol.asyncDispose]());

test('it pings, logs in and lists', async () => {
  expect(await client.call('ping')).toBe('pong');
  expect(await client.call('authenticate', { auth_token: token })).toMatchObject({
    authenticated: true,
    role: 'operator',
    permissions: ['view', 'control'],
    auth_method: 'jwt',
  });
  const { cameras, ...counts } = await client.call<{ cameras: { streams: Params }[] }>('get_camera_list');
  expect(counts).toEqual({ total: 1, connected: 1 });
  expect(cameras[0]).toMatchObject({
    device: 'camera0',
    kind: 'test',
    status: 'CONNECTED',
    recording: false,
  });
  expect(cameras[0]!.streams['rtsp']).toMatch(/^rtsp:\/\/127\.0\.0\.1:\d+\/camera0$/);
  expect(await client.call('get_camera_status', { device: 'camera0' })).toMatchObject({
    streams: cameras[0]!.streams,
    capabilities: { resolutions: expect.arrayContaining(['1280x720']) as unknown },
  });
});

test('a snapshot can be downloaded by its link, is a JPEG of the told size, and is listed', async () => {
  const snapshot = await client.call<FileOfCatalog & { width: number; height: number }>('take_snapshot', {
    device: 'camera0',
    quality: 70,
  });
  expect(snapshot).toMatchObject({ status: 'SUCCESS', success: true, format: 'jpg', quality: 70 });
  const response = await fetch(new URL(snapshot.download_url, service.httpUrl));
  expect(response.headers.get('content-type')).toBe('image/jpeg');
  const picture = Buffer.from(await response.arrayBuffer());
  expect(picture.length).toBe(snapshot.file_size);
  expect(luma(picture).length).toBe(snapshot.width * snapshot.height);
  const { filename, file_size } = snapshot;
  expect(await client.call('list_snapshots')).toMatchObject({ total: 1, files: [{ filename, file_size }] });
});

test('a recording of two seconds is told when it begins and ends, and can be downloaded, also in part', async () => {
  const recording = await client.call<FileOfCatalog>('start_recording', { device: 'camera0', duration: 2 });
  expect(recording).toMatchObject({ status: 'RECORDING', duration: 2, format: 'mp4', success: true });
  const isOurs = (status: string) => (params: Params) =>
    params['status'] === status && params['filename'] === recording.filename;
  await client.notified('recording_status_update', isOurs('STARTED'));
  const { duration } = await client.notified('recording_status_update', isOurs('STOPPED'));
  expect(duration).toBeGreaterThanOrEqual(2);

  const { files } = await client.call<{ files: FileOfCatalog[] }>('list_recordings', { device: 'camera0' });
  expect(files).toMatchObject([{ filename: recording.filename, duration, format: 'mp4' }]);
  const url = new URL(files[0]!.download_url, service.httpUrl);
  const movie = Buffer.from(await (await fetch(url)).arrayBuffer());
  expect(movie.length).toBe(files[0]!.file_size);
  // At 30 frames a second; the part that is under way at the end is recorded whole.
  expect(countFrames(['-f', 'mp4', '-i', 'pipe:0'], movie)).toBeGreaterThanOrEqual(60);

  const part = await fetch(url, { headers: { range: 'bytes=100-299' } });
  expect(part.status).toBe(206);
  expect(part.headers.get('content-range')).toBe(`bytes 100-299/${movie.length}`);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(movie.subarray(100, 300));
  const { etag } = Object.fromEntries((await fetch(url, { method: 'HEAD' })).headers);
  // Without a word of its own fetch asks for everything anew.
  const known = { 'if-none-match': etag!, 'cache-control': 'max-age=0' };
  expect((await fetch(url, { headers: known })).status).toBe(304);
});

test('the address of get_stream_url plays as it is', async () => {
  const stream = await client.call('start_streaming', { device: 'camera0' });
  expect(stream).toMatchObject({ status: 'STARTED', stream_name: 'camera0' });
  const address = await client.call<{ stream_url: string }>('get_stream_url', { device: 'camera0' });
  expect(address).toMatchObject({ available: true });
  expect(countFrames(['-rtsp_transport', 'tcp', '-i', address.stream_url])).toBe(20);
  expect(await client.call('stop_streaming', { device: 'camera0' })).toMatchObject({ status: 'STOPPED' });
});

test('HLS plays through the service: playlists, then a segment with frames', async () => {
  const top = new URL('/media/camera0/hls/index.m3u8', service.httpUrl);
  const child = (await get(top))
    .toString()
    .split('\n')
    .find((line) => line !== '' && !line.startsWith('#'));
  const list = new URL(child!, top);
  // What was before the first viewer stands there as a gap.
  const segmentLine = /^(?!#|gap).*\.mp4.*$/m;
  const text = await until(async () => {
    const playlist = (await get(list)).toString();
    return segmentLine.test(playlist) && playlist;
  });
  const head = await get(new URL(/#EXT-X-MAP:URI="([^"]+)"/.exec(text)![1]!, list));
  const segment = await get(new URL(segmentLine.exec(text)![0], list));
  expect(countFrames(['-f', 'mp4', '-i', 'pipe:0'], Buffer.concat([head, segment]))).toBeGreaterThan(0);
});

test('the newest picture is there at once and says its age', async () => {
  const url = new URL('/media/camera0/still.jpg?width=320', service.httpUrl);
  const response = await fetch(url, { headers: header() });
  expect(response.status).toBe(200);
  const {
    'content-type': type,
    'x-captured-at': capturedAt,
    'x-age-ms': age,
    'last-modified': modified,
  } = Object.fromEntries(response.headers);
  expect(type).toBe('image/jpeg');
  expect(capturedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(age).toMatch(/^\d+$/);
  expect(Date.parse(modified!)).toBe(Math.floor(Date.parse(capturedAt!) / 1000) * 1000);
  expect(luma(Buffer.from(await response.arrayBuffer())).length).toBe(320 * 180);
  expect((await fetch(url)).status).toBe(401);
});

test('POST /rpc takes the same calls', async () => {
  const reply = await post({ jsonrpc: '2.0', id: 'a', method: 'get_camera_list' });
  expect(await reply.json()).toMatchObject({ jsonrpc: '2.0', id: 'a', result: { total: 1 } });
  const batch = [
    { jsonrpc: '2.0', id: 1, method: 'ping' },
    { jsonrpc: '2.0', method: 'ping' },
  ];
  expect(await (await post(batch)).json()).toEqual([{ jsonrpc: '2.0', id: 1, result: 'pong' }]);
  expect((await post({ jsonrpc: '2.0', method: 'ping' })).status).toBe(204);
});

test('rpc.discover describes what was called here, with params, result, errors and role', async () => {
  const document = await client.call<{ openrpc: string; methods: { name: string }[] }>('rpc.discover');
  expect(document.openrpc).toMatch(/^1\./);
  expect(document.methods.find(({ name }) => name === 'take_snapshot')).toMatchObject({
    'x-role': 'operator',
    params: expect.arrayContaining([expect.objectContaining({ name: 'device', required: true })]) as unknown,
    result: { schema: { properties: { download_url: { type: 'string' } } } },
    errors: expect.arrayContaining([{ $ref: '#/components/errors/insufficient_storage' }]) as unknown,
  });
});

test('a client that asks for the subprotocol is greeted', async () => {
  const socket = new WebSocket(service.ready.ws_url, 'camera-service.v1');
  const [data] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(data.toString())).toMatchObject({ method: 'hello', params: { protocol_version: '1.0' } });
  socket.terminate();
});

/** Decoded frames, 20 at most where it is a live stream. */
function countFrames(input: string[], data?: Buffer): number {
  const limit = data ? [] : ['-frames:v', '20'];
  const words = [
    '-nostdin',
    '-v',
    'error',
    ...input,
    ...limit,
    '-map',
    '0:v',
    '-fps_mode',
    'passthrough',
    '-f',
    'framecrc',
    'pipe:1',
  ];
  const args = data ? words.slice(1) : words;
  const { stdout, stderr } = spawnSync(ffmpegBinary(), args, { input: data, timeout: 40_000 });
  const lines = stdout
    .toString()
    .split('\n')
    .filter((line) => /^\d/.test(line));
  expect(lines.length, stderr.toString()).toBeGreaterThan(0);
  return lines.length;
}

/** A picture's decoded luma, a byte a pixel. */
function luma(picture: Buffer): Buffer {
  const args = [
    '-v',
    'error',
    '-f',
    'image2pipe',
    '-i',
    'pipe:0',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'gray',
    'pipe:1',
  ];
  return spawnSync(ffmpegBinary(), args, { input: picture, maxBuffer: 64 * 1024 * 1024, timeout: 40_000 })
    .stdout;
}

async function get(url: URL): Promise<Buffer> {
  const response = await fetch(url, { headers: header() });
  expect(response.status, String(url)).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

function post(body: unknown): Promise<Response> {
  return fetch(new URL('/rpc', service.httpUrl), {
    method: 'POST',
    headers: header(),
    body: JSON.stringify(body),
  });
}

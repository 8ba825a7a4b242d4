import { maxMessageBytes, notifications } from '@mediamtx-camera-service/protocol';
import { RawClient, type RawReply } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { World } from './world.ts';

type Fields = Record<string, unknown>;

let world: World;
let token: string;
beforeAll(async () => {
  world = await World.create({ CAMERA_SERVICE_SERVER_REPLY_METADATA: 'true' });
  token = await world.service.token('operator');
});
afterAll(async () => world?.[Symbol.asyncDispose]());

describe('the greeting', () => {
  test('comes first to who asks for it, as the contract has it', async () => {
    await using client = await world.service.rawClient(undefined, {
      subprotocols: ['x', 'camera-service.v1'],
    });
    expect(client.socket.protocol).toBe('camera-service.v1');
    await client.call('ping');
    const [first] = client.messages as { method: string; params: Fields }[];
    expect(first!.method).toBe('hello');
    expect(notifications.hello.params.parse(first!.params)).toEqual(first!.params);
  });

  test('a plain client is sent nothing before it speaks', async () => {
    await using client = await world.service.rawClient();
    await client.call('ping');
    expect(client.messages).toHaveLength(1);
  });
});

test('with server.reply_metadata every reply tells when, how long and under which id', async () => {
  const metadata = z.strictObject({
    processing_time_ms: z.number().min(0),
    server_timestamp: z.iso.datetime({ precision: 3 }),
    request_id: z.string().min(1),
  });
  const batch = [
    { jsonrpc: '2.0', id: 1, method: 'ping' },
    { jsonrpc: '2.0', id: 2, method: 'get_status' },
    { jsonrpc: '2.0', id: 3, method: 'nothing' },
    5,
  ];
  await using client = await world.service.rawClient();
  const replies = (await client.answer(batch)) as (RawReply & { metadata: Fields })[];
  const response = await fetch(`${world.service.httpUrl}/rpc`, {
    method: 'POST',
    body: JSON.stringify(batch),
  });
  replies.push(...((await response.json()) as typeof replies));
  const told = replies.map((reply) => metadata.parse(reply.metadata));
  expect(told).toHaveLength(8);
  expect(new Set(told.map(({ request_id }) => request_id)).size).toBe(8);
});

test('a message of exactly 1 MiB is answered, one byte more closes the connection', async () => {
  await using client = await world.service.rawClient();
  const message = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { text: '' } });
  const longest = message.replace('""', `"${'x'.repeat(maxMessageBytes - message.length)}"`);
  expect(Buffer.byteLength(longest)).toBe(maxMessageBytes);
  expect(await client.answer(longest)).toMatchObject({ id: 1, result: 'pong' });
  client.send(`${longest} `);
  expect(await client.closed).toMatchObject({ code: 1009 });
});

describe('what clients of both generations read', () => {
  test('success, size_bytes, extensions, stream_url and device_path are always there', async () => {
    await using client = await RawClient.open(world.service.ready.ws_url);
    await client.login(token);
    const device = 'camera0';
    // Older clients send it in every call, whatever is in it.
    const also = { auth_token: 'not a token' };
    const snapshot = await client.result('take_snapshot', { device, filename: 'door', ...also });
    expect(snapshot).toMatchObject({ success: true, status: 'SUCCESS', filename: 'door.jpg' });
    const started = await client.result('start_recording', { device, ...also });
    expect(started).toMatchObject({ success: true, status: 'RECORDING' });
    expect(started['filename']).toMatch(/\.mp4$/);
    await client.notified('recording_status_update', ({ status }) => status === 'STARTED');
    const listed = await client.result<{ cameras: Fields[] }>('get_camera_list', also);
    for (const camera of listed.cameras) {
      expect(camera['stream_url']).toBe((camera['streams'] as Fields)['rtsp']);
      expect(camera).toHaveProperty('device_path');
    }
    expect(listed.cameras[0]).toMatchObject({ recording: true, session_id: started['session_id'] });
    expect(await client.result('get_cameras')).toMatchObject({ total: 2, cameras: [{ device }, {}] });
    await world.untilRecorded(device);
    const stopped = await client.result('stop_recording', { device, ...also });
    expect(stopped).toMatchObject({ success: true, status: 'STOPPED', session_id: started['session_id'] });

    const { filename } = stopped;
    const files = [
      snapshot,
      stopped,
      await client.result('get_snapshot_info', { filename: 'door.jpg' }),
      await client.result('get_recording_info', { filename }),
      ...(await client.result<{ files: Fields[] }>('list_snapshots')).files,
      ...(await client.result<{ files: Fields[] }>('list_recordings')).files,
    ];
    for (const file of files) expect(file['size_bytes']).toBe(file['file_size']);
    expect(await client.result('delete_snapshot', { filename: 'door.jpg' })).toMatchObject({ success: true });
    expect(await client.result('delete_recording', { filename })).toMatchObject({ success: true });
  });
});

describe('the health of both generations', () => {
  const time = z.iso.datetime({ precision: 3 });
  const word = z.enum(['healthy', 'degraded', 'unhealthy']);
  const fields = z.record(z.string(), z.unknown());
  const shapes: [path: string, shape: z.ZodType][] = [
    ['/health', z.object({ status: word, timestamp: time })],
    ['/health/live', z.object({ status: z.string(), timestamp: time })],
    [
      '/health/ready',
      z.strictObject({
        status: z.literal('ready'),
        ready: z.literal(true),
        timestamp: time,
        details: fields,
      }),
    ],
    ['/health/detailed', z.object({ status: word, timestamp: time, components: fields })],
    ['/health/system', z.object({ status: word, timestamp: time, details: fields })],
    ['/health/cameras', z.object({ status: word, timestamp: time, details: fields })],
    ['/health/mediamtx', z.object({ status: word, timestamp: time, details: fields })],
  ];

  test.each(shapes)('%s is there on both ports, without login', async (path, shape) => {
    for (const base of [world.service.httpUrl, world.service.ready.health_url]) {
      const response = await fetch(new URL(path, base));
      expect(response.status, base).toBe(200);
      shape.parse(await response.json());
    }
  });
});

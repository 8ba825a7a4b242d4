import { type RawClient, Service, until } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whepOffer } from './whep-offer.ts';

// What tells of a camera where one would not look for it, to an admin who may see camera0 alone.
let service: Service;
let admin: RawClient;
let limited: RawClient;
let headers: { authorization: string };

beforeAll(async () => {
  service = await Service.start({ testCameras: 2 });
  admin = await service.rawClient('admin');
  headers = { authorization: `Bearer ${await service.token('admin')}` };
  limited = await service.rawClient();
  const { key } = await admin.result<{ key: string }>('create_api_key', {
    name: 'of one camera',
    role: 'admin',
    cameras: ['camera0'],
  });
  await limited.result('authenticate', { token: key });
});
afterAll(async () => service?.[Symbol.asyncDispose]());

const isForeign = /camera1(?!\d)/;

test('mediamtx.path events: a stream that was created', async () => {
  for (const client of [admin, limited]) await client.result('subscribe_events', { topics: ['mediamtx.*'] });
  await admin.result('create_stream', { name: 'garden', source: 'rtsp://127.0.0.1:9/a' });
  await until(() => admin.messages.some((message) => JSON.stringify(message).includes('mediamtx.path')));
  await limited.result('ping');
  expect(limited.messages.filter((message) => JSON.stringify(message).includes('garden'))).toEqual([]);
});

test('list_sessions: who watches another camera', async () => {
  await admin.result('start_streaming', { device: 'camera1' });
  await until(
    async () => (await admin.result<{ ready: boolean }>('get_stream_status', { device: 'camera1' })).ready,
  );
  const reply = await fetch(`${service.httpUrl}/media/camera1/whep`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/sdp' },
    body: whepOffer,
  });
  expect(reply.status).toBe(201);
  expect(JSON.stringify(await admin.result('list_sessions'))).toMatch(isForeign);
  expect(JSON.stringify(await limited.result('list_sessions'))).not.toMatch(isForeign);
});

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CameraServiceClient, EventParams } from '@mediamtx-camera-service/client';
import { seeded, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { recordingPath, smallPicture } from './recorded.ts';

const device = 'camera0';
// The least that a policy can keep to; two recordings of this test are more.
const limitBytes = 1_000_000;

/** Records until there is so much, so that two are more than the limit. */
async function startRecording(service: Service, client: CameraServiceClient, bytes = limitBytes * 0.6) {
  const started = await client.call('start_recording', { device });
  const segments = join(service.dataDir, 'recordings', device, 'segments');
  await until(async () => {
    const names = await readdir(segments).catch(() => []);
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(segments, name))).size));
    return sizes.reduce((sum, size) => sum + size, 0) >= bytes;
  });
  return started;
}

async function record(service: Service, client: CameraServiceClient): Promise<string> {
  await startRecording(service, client);
  return (await client.call('stop_recording', { device })).filename;
}

async function hear(client: CameraServiceClient): Promise<EventParams[]> {
  const heard: EventParams[] = [];
  client.on('event', (event) => 'seq' in event && heard.push(event));
  await client.call('subscribe_events', { topics: ['recording.updated'] });
  return heard;
}

const isProtected = async (client: CameraServiceClient, filename: string): Promise<boolean> =>
  (await client.call('get_recording_info', { filename })).protected;

const isDeletedByPolicy = async (client: CameraServiceClient, filename: string): Promise<boolean> => {
  await client.call('cleanup_old_files');
  const { files } = await client.call('list_recordings');
  return !files.some((file) => file.filename === filename);
};

test('what was protected stays: through its recording, a kill, the retention policy and the loss of the database', async () => {
  await using service = await Service.start({ env: { CAMERA_SERVICE_CAMERA_TEST_RESOLUTION: '1280x720' } });
  const first = await service.client();
  const heard = await hear(await service.client('viewer'));
  const closed = await record(service, first);
  const info = await first.call('get_recording_info', { filename: closed });
  const { message, success, download_url, ...entry } = await first.call('set_recording', {
    filename: closed,
    protected: true,
  });
  const { download_url: _, ...expected } = info;
  expect({ ...entry, success }).toEqual({ ...expected, protected: true, success: true });
  expect(message).toBe(`${closed} is protected`);
  expect((await fetch(`${service.httpUrl}${download_url!}`)).status).toBe(200);

  const { filename: running, session_id } = await startRecording(service, first);
  expect(await first.call('set_recording', { filename: running, protected: true })).toMatchObject({
    ...{ filename: running, recording_id: session_id, protected: true },
    ...{ file_size: null, duration: null, end_time: null, download_url: null },
  });
  await until(() => heard.length === 2);
  await service.kill();
  expect(heard.map(({ topic, data }) => [topic, data])).toEqual(
    [closed, running].map((filename) => ['recording.updated', { device, filename, protected: true }]),
  );

  await service.startAgain();
  const second = await service.client();
  expect(await second.call('stop_recording', { device })).toMatchObject({
    filename: running,
    protected: true,
  });
  const loose = await record(service, second);
  const keep = { policy_type: 'size', max_size_gb: limitBytes / 1e9, enabled: false } as const;
  await second.call('set_retention_policy', keep);
  expect(await isDeletedByPolicy(second, loose)).toBe(true);
  for (const filename of [closed, running]) {
    expect(await isProtected(second, filename)).toBe(true);
    await expect(second.call('delete_recording', { filename })).rejects.toMatchObject({
      code: -32020,
      data: { state: 'protected' },
    });
  }

  const { filename: lost } = await startRecording(service, second);
  await second.call('set_recording', { filename: lost, protected: true });
  await service.kill();
  for (const name of await readdir(service.dataDir))
    if (name.startsWith('camera-service.db')) await rm(join(service.dataDir, name));
  await service.startAgain();
  const third = await service.client();
  await until(async () => (await third.call('list_recordings')).total === 3);
  for (const filename of [closed, running, lost]) {
    expect([filename, await isDeletedByPolicy(third, filename)]).toEqual([filename, false]);
    expect([filename, await isProtected(third, filename)]).toEqual([filename, true]);
  }

  await third.call('set_recording', { filename: closed, protected: false });
  await third.call('delete_recording', { filename: closed });
  expect(await third.call('get_audit_log', { method: 'set_recording' })).toMatchObject({
    entries: [{ method: 'set_recording', device, outcome: 'ok' }],
  });
  await expect(stat(recordingPath(service, device, closed))).rejects.toMatchObject({ code: 'ENOENT' });
});

test(
  'killed at any moment of a change, what the caller was told is so afterwards',
  { timeout: 120_000 },
  async () => {
    const random = seeded(20_260_131);
    await using service = await Service.start({ env: smallPicture });
    const made = await service.client();
    await startRecording(service, made, 1);
    const { filename } = await made.call('stop_recording', { device });
    const begun = [true, false, true, true, false, true];
    let isTold = false;
    for (const wanted of begun) {
      const client = await service.client();
      const answered = client.call('set_recording', { filename, protected: wanted }).then(
        (result) => result.protected,
        () => undefined,
      );
      // The moment itself is what is tried.
      await delay(random() * 12);
      await service.kill();
      await client.stop();
      const told = await answered;
      await service.startAgain();
      const now = await isProtected(await service.client(), filename);
      // Without an answer it is as before or as was wanted.
      expect([told ?? isTold, wanted]).toContain(now);
      if (told !== undefined) expect(now).toBe(told);
      isTold = now;
    }
  },
);

test('a viewer changes nothing, and a recording of a hidden camera is as one that is not there', async () => {
  await using service = await Service.start({ env: smallPicture, testCameras: 2 });
  const admin = await service.client();
  await startRecording(service, admin, 1);
  const { filename } = await admin.call('stop_recording', { device });
  const viewer = await service.client('viewer');
  await expect(viewer.call('set_recording', { filename, protected: true })).rejects.toMatchObject({
    code: -32002,
  });
  const { key } = await admin.call('create_api_key', {
    name: 'other',
    role: 'operator',
    cameras: ['camera1'],
  });
  const reply = await fetch(`${service.httpUrl}/rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'set_recording',
      params: { filename, protected: true },
    }),
  });
  expect(await reply.json()).toMatchObject({ error: { code: -32010, data: { id: filename } } });
  expect(await isProtected(admin, filename)).toBe(false);
});

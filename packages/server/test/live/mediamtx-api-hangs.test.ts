import { Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import {
  decodeRecording,
  findChildren,
  findGaps,
  hearRecordings,
  listSegmentFiles,
  newestSegmentSeconds,
  recordingPath,
  smallPicture,
} from './recorded.ts';

const unreachable = { code: -32050, data: { dependency: 'mediamtx', reason: 'mediamtx_unreachable' } };

test('callers are answered, health says so, and MediaMTX is started anew with all that it had', async () => {
  await using service = await Service.start({
    env: { ...smallPicture, CAMERA_SERVICE_MEDIAMTX_API_TIMEOUT: '1' },
    testCameras: 2,
    mediamtx: 'managed',
  });
  const client = await service.client();
  const heard = hearRecordings(client);
  await client.call('start_recording', { device: 'camera0' });
  await until(() => heard.length > 0);
  await until(async () => (await newestSegmentSeconds(service)) > 1);

  process.kill(service.mediaMtxPid, 'SIGSTOP');
  const order: string[] = [];
  const note = (what: string) => () => void order.push(what);
  // One that changes MediaMTX, and others that wait behind it.
  const changes = ['a', 'b', 'c'].map((name) =>
    client.call('create_stream', { name, source: 'rtsp://127.0.0.1:9/x' }),
  );
  const start = client.call('start_recording', { device: 'camera1' });
  const refused = Promise.all(
    [...changes, start].map((call) => expect(call).rejects.toMatchObject(unreachable)),
  ).then(note('refused'));
  await client.call('ping').then(note('ping'));
  await client.call('get_camera_list').then(note('list'));
  await refused;
  expect(order).toEqual(['ping', 'list', 'refused']);
  await until(async () => {
    const { status, components, problems } = await client.call('get_status');
    return (
      status === 'UNHEALTHY' &&
      components.mediamtx === 'ERROR' &&
      problems.some(({ reason }) => reason.includes('no answer'))
    );
  });
  expect((await client.call('get_camera_status', { device: 'camera1' })).recording).toBe(false);
  await expect(client.call('get_stream_url', { device: 'camera0' })).rejects.toMatchObject(unreachable);

  await until(async () => (await client.call('get_status')).components.mediamtx === 'RUNNING');
  const servers = findChildren(service).filter(({ command }) => command.includes('mediamtx.yml'));
  expect(servers.map(({ pid }) => pid)).not.toContain(service.mediaMtxPid);
  await until(
    async () => (await listSegmentFiles(service)).length === 2 && (await newestSegmentSeconds(service)) > 1,
  );
  const stopped = await client.call('stop_recording', { device: 'camera0' });
  const { numbers, complaints } = await decodeRecording(recordingPath(service, 'camera0', stopped.filename));
  expect(complaints).toBe('');
  expect(findGaps(numbers)).toHaveLength(1);

  // What was refused did not happen later.
  expect(await listSegmentFiles(service, 'camera1')).toEqual([]);
  expect((await client.call('get_streams')).map(({ name }) => name).sort()).toEqual(['camera0', 'camera1']);
  const { session_id: id } = await client.call('start_recording', { device: 'camera1' });
  await until(() => heard.some((update) => update.session_id === id && update.status === 'STARTED'));
  await client.call('stop_recording', { device: 'camera1' });
});

import { Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import {
  decodeRecording,
  findGaps,
  hearRecordings,
  listSegmentFiles,
  newestSegmentSeconds,
  recordingPath,
  smallPicture,
} from './recorded.ts';
import { RtspPlayer } from './watching.ts';

const device = 'camera0';

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  '%s of the capture: it is back by itself, for viewers too, and the recording is one',
  async (signal) => {
    await using service = await Service.start({
      env: { ...smallPicture, CAMERA_SERVICE_CAPTURE_STALL_TIMEOUT: '1' },
    });
    const client = await service.client();
    const heard = hearRecordings(client);
    const statuses: string[] = [];
    client.on('camera_status_update', ({ status }) => statuses.push(status));
    const { session_id: id } = await client.call('start_recording', { device });
    await until(() => heard.length > 0);
    await until(async () => (await newestSegmentSeconds(service)) > 1);
    const before = await client.call('get_stream_status', { device });
    expect(before).toMatchObject({ status: 'ACTIVE', ffmpeg_process: { running: true } });
    expect((await client.call('get_camera_status', { device })).metrics.restarts).toBe(0);

    process.kill(before.ffmpeg_process.pid!, signal);
    await until(async () => (await client.call('get_camera_status', { device })).metrics.restarts === 1);
    const after = await until(async () => {
      const status = await client.call('get_stream_status', { device });
      return status.status === 'ACTIVE' && status;
    });
    expect(after.ffmpeg_process.pid).not.toBe(before.ffmpeg_process.pid);
    await until(
      async () => (await listSegmentFiles(service)).length === 2 && (await newestSegmentSeconds(service)) > 1,
    );
    await using player = RtspPlayer.open((await client.call('get_stream_url', { device })).stream_url);
    await until(() => player.frames > 15, { what: 'a player reads again' });
    expect(await client.call('get_camera_status', { device })).toMatchObject({
      status: 'CONNECTED',
      status_reason: null,
      recording: true,
      session_id: id,
    });

    const stopped = await client.call('stop_recording', { device });
    const { numbers, complaints } = await decodeRecording(recordingPath(service, device, stopped.filename));
    expect(complaints).toBe('');
    expect(findGaps(numbers)).toHaveLength(1);
    // One end that was mended at once is no news.
    await until(() => heard.length === 2);
    expect(heard.map(({ status }) => status)).toEqual(['STARTED', 'STOPPED']);
    expect(new Set(statuses)).toEqual(new Set(['CONNECTED']));
  },
);

test('a capture that keeps failing is told once, and once more when it is back', async () => {
  await using service = await Service.start({ env: smallPicture });
  const client = await service.client();
  const heard = hearRecordings(client);
  const statuses: { status: string; reason: string | null }[] = [];
  client.on('camera_status_update', ({ status, status_reason: reason }) => {
    if (statuses.at(-1)?.status !== status) statuses.push({ status, reason });
  });
  const { session_id: id } = await client.call('start_recording', { device });
  await until(() => heard.length > 0);
  await until(async () => (await newestSegmentSeconds(service)) > 1);

  const killed = new Set<number>();
  // Each run is killed before it has published anything.
  await until(
    async () => {
      const { pid } = (await client.call('get_stream_status', { device })).ffmpeg_process;
      if (pid !== null && !killed.has(pid)) process.kill(pid, 'SIGKILL');
      if (pid !== null) killed.add(pid);
      return heard.some(({ status }) => status === 'ERROR');
    },
    { intervalMs: 5 },
  );
  expect(heard.at(-1)).toMatchObject({ status: 'ERROR', session_id: id, reason: 'ffmpeg was killed' });
  await until(() => heard.length === 3);
  expect(heard.at(-1)).toMatchObject({ status: 'STARTED', session_id: id, reason: null });
  expect(await client.call('get_camera_status', { device })).toMatchObject({
    status: 'CONNECTED',
    status_reason: null,
    session_id: id,
  });
  await client.call('stop_recording', { device });
  await until(() => heard.length === 4);
  expect(heard.map(({ status }) => status)).toEqual(['STARTED', 'ERROR', 'STARTED', 'STOPPED']);
  expect(statuses.map(({ status }) => status)).toEqual(['CONNECTED', 'ERROR', 'CONNECTED']);
});

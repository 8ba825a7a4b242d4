import type { CameraServiceClient } from '@mediamtx-camera-service/client';
import { Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { findProcesses, smallPicture } from './recorded.ts';
import { RtspPlayer, tryWhep } from './watching.ts';

const device = 'camera0';
const env = { ...smallPicture, CAMERA_SERVICE_CAMERA_LINGER: '1' };

test('a player starts a cold camera, and it stops when the player has left', async () => {
  await using service = await Service.start({ env });
  const client = await service.client();
  expect(await findCaptures(service)).toEqual([]);
  expect(await client.call('get_stream_status', { device })).toMatchObject({
    status: 'INACTIVE',
    ready: false,
    ffmpeg_process: { running: false, pid: null },
  });

  const { stream_url: url, stream_status: status } = await client.call('get_stream_url', { device });
  expect(status).toBe('NOT_READY');
  await using player = RtspPlayer.open(url);
  await until(() => player.frames > 15, { what: 'the player gets pictures' });
  const live = await client.call('get_stream_status', { device });
  expect((await findCaptures(service)).map(({ pid }) => pid)).toEqual([live.ffmpeg_process.pid]);
  await until(async () => (await readersOf(client)) === 1);
  expect(await client.call('get_stream_url', { device })).toMatchObject({
    stream_status: 'READY',
    active_consumers: 1,
  });

  await player.stop();
  await untilCold(service, client);
  expect(await readersOf(client)).toBe(0);

  // And again, as often as somebody comes.
  await using second = RtspPlayer.open((await client.call('get_stream_url', { device })).stream_url);
  await until(() => second.frames > 15, { what: 'the second player gets pictures' });
  await until(async () => (await readersOf(client)) === 1);
  await second.stop();
  await untilCold(service, client);
});

test('so does a viewer of the page', async () => {
  await using service = await Service.start({ env });
  expect(await tryWhep(service, await service.token('viewer'))).toBe(201);
});

test("the service's own reader is no viewer and keeps nothing live", async () => {
  await using service = await Service.start({ env });
  const client = await service.client();
  expect(await client.call('start_streaming', { device })).toMatchObject({
    status: 'STARTED',
    auto_close_after: 300,
  });
  // Ready is when the service itself reads the stream.
  await until(async () => (await client.call('get_stream_status', { device })).ready);
  await until(async () =>
    (await client.call('get_streams')).some(({ name, bytes_sent: sent }) => name === device && sent > 0),
  );
  expect(await readersOf(client)).toBe(0);
  expect((await client.call('get_streams')).find(({ name }) => name === device)?.readers).toBe(0);
  expect((await client.call('get_camera_status', { device })).metrics.readers).toBe(0);

  expect(await client.call('stop_streaming', { device })).toMatchObject({
    status: 'STOPPED',
    stream_continues: false,
  });
  await expect(client.call('stop_streaming', { device })).rejects.toMatchObject({
    code: -32020,
    data: { state: 'not_streaming' },
  });
  await untilCold(service, client);
});

test('in mode always it stays live, and comes back when it is ended', async () => {
  await using service = await Service.start({ env: { ...env, CAMERA_SERVICE_CAMERA_MODE: 'always' } });
  const client = await service.client();
  await until(async () => (await client.call('get_stream_status', { device })).ready);
  const { pid } = (await client.call('get_stream_status', { device })).ffmpeg_process;
  await using player = RtspPlayer.open((await client.call('get_stream_url', { device })).stream_url);
  await until(async () => (await readersOf(client)) === 1);
  await player.stop();
  await until(async () => (await readersOf(client)) === 0);
  const { frames_sent: frames } = (await client.call('get_stream_status', { device })).metrics;
  // Twice the time that it would linger.
  await until(
    async () => (await client.call('get_stream_status', { device })).metrics.frames_sent > frames + 60,
  );
  expect((await client.call('get_stream_status', { device })).ffmpeg_process.pid).toBe(pid);

  process.kill(pid!, 'SIGKILL');
  await until(async () => {
    const status = await client.call('get_stream_status', { device });
    return status.ready && status.ffmpeg_process.pid !== pid;
  });
});

/** The ffmpeg that publishes the camera. */
async function findCaptures(service: Service): Promise<{ pid: number }[]> {
  const address = `${new URL(service.ready.rtsp_url).host}/${device}`;
  return (await findProcesses(address)).filter(({ command }) => command.includes('-f rtsp'));
}

async function readersOf(client: CameraServiceClient): Promise<number> {
  return (await client.call('get_stream_status', { device })).mediamtx_path.readers;
}

async function untilCold(service: Service, client: CameraServiceClient): Promise<void> {
  await until(async () => (await findCaptures(service)).length === 0, {
    what: 'the capture has ended',
    timeoutMs: 30_000,
  });
  await until(async () => (await client.call('get_stream_status', { device })).status === 'INACTIVE');
}

import { mkdir } from 'node:fs/promises';
import { ffmpegBinary, MediaMtx, Program, Service, TempDir, until } from '@mediamtx-camera-service/testkit';
import { describe, expect, test } from 'vitest';
import { MediaMtxController } from '../../src/mediamtx/controller.ts';
import {
  decodeRecording,
  findGaps,
  hearRecordings,
  listSegmentFiles,
  newestSegmentSeconds,
  recordingPath,
  smallPicture,
} from './recorded.ts';
import { RtspPlayer, tryHls, tryWhep } from './watching.ts';

const device = 'camera0';
const ownUsers =
  'RTSP players: an external MediaMTX decides who may watch; API keys are no logins there, and rights that end here end no player';
const noHooks =
  'on-demand start by RTSP players: MediaMTX can not run the hook of this service; use camera.mode always';
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The service beside a MediaMTX that is not its own. */
function startBeside(
  server: MediaMtx,
  options: { env?: Record<string, string>; dataDir?: string } = {},
): Promise<Service> {
  const { env, dataDir } = options;
  return Service.start({
    mediamtx: 'managed',
    env: { ...smallPicture, ...server.serviceFlags, ...env },
    ...(dataDir !== undefined && { dataDir }),
  });
}

/** A source that MediaMTX can pull from. */
function publish(url: string): Program {
  const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=15'];
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
  const output = ['-pkt_size', '1300', '-f', 'rtsp', '-rtsp_transport', 'tcp', url];
  return Program.start({
    command: ffmpegBinary(),
    args: ['-nostdin', '-v', 'error', ...picture, ...encoder, ...output],
  });
}

test('mode auto uses the one that runs, and starts an own one where none does', async () => {
  await using server = await MediaMtx.start();
  const auto = { ...server.serviceFlags, CAMERA_SERVICE_MEDIAMTX_MODE: 'auto' };
  {
    await using service = await startBeside(server, { env: auto });
    expect(service.ready.mediamtx).toEqual({ mode: 'external', version: 'v1.20.1', pid: null });
    expect(new URL(service.ready.rtsp_url).port).toBe(String(server.ports.rtsp));
  }
  await server.stop();
  await using service = await startBeside(server, { env: auto });
  expect(service.ready.mediamtx).toMatchObject({
    mode: 'managed',
    version: 'v1.20.1',
    pid: expect.any(Number) as number,
  });
});

describe('streams', () => {
  test('a controller made from single parameters creates, lists, watches and deletes them', async () => {
    await using server = await MediaMtx.start({ config: { paths: { origin: {} } } });
    await using publisher = publish(`${server.rtspUrl}/origin`);
    const controller = new MediaMtxController({ apiUrl: server.apiUrl, timeoutMs: 5_000, log: silent });
    await controller.start();
    expect(controller.info).toMatchObject({ version: 'v1.20.1' });
    const source = `${server.rtspUrl}/origin`;
    await until(async () => (await controller.getStreamStatus('origin'))?.available);
    expect(publisher.hasExited).toBe(false);

    await controller.createStream({ name: 'copy', source });
    await expect(controller.createStream({ name: 'copy', source })).rejects.toMatchObject({ code: -32020 });
    await until(async () => (await controller.getStreamStatus('copy'))?.available);
    const list = await controller.getStreamList();
    expect(list.map(({ name, available }) => ({ name, available }))).toEqual([
      { name: 'copy', available: true },
      { name: 'origin', available: true },
    ]);
    expect(await controller.getStreamStatus('copy')).toMatchObject({ sourceType: 'rtspSource', readers: [] });
    await until(async () => ((await controller.getStreamStatus('copy'))?.bytesReceived ?? 0) > 0);

    // It restarts and has forgotten the stream, which is made again.
    await server.restart();
    await until(async () => (await controller.getStreamStatus('copy')) !== undefined);
    await controller.deleteStream('copy');
    expect(await controller.getStreamStatus('copy')).toBeUndefined();
    await controller.stop();
  });

  test('by RPC: created, watched by a player and through the front, kept over a restart, deleted', async () => {
    await using server = await MediaMtx.start({ config: { paths: { origin: {} } } });
    await using publisher = publish(`${server.rtspUrl}/origin`);
    await using service = await startBeside(server);
    const client = await service.client();
    const source = `${server.rtspUrl}/origin`;
    expect(await client.call('create_stream', { name: 'copy', source })).toMatchObject({
      name: 'copy',
      source,
      status: 'CREATED',
    });
    await expect(client.call('create_stream', { name: 'copy', source })).rejects.toMatchObject({
      code: -32020,
      data: { state: 'exists' },
    });
    await expect(client.call('create_stream', { name: 'origin', source })).rejects.toMatchObject({
      code: -32020,
    });
    const isReady = async () => (await client.call('get_streams')).find(({ name }) => name === 'copy')?.ready;
    await until(isReady);
    expect(publisher.hasExited).toBe(false);
    const { stream_url: url, stream_status: status } = await client.call('get_stream_url', {
      stream: 'copy',
    });
    expect(status).toBe('READY');
    await using player = RtspPlayer.open(url);
    await until(() => player.frames > 5);
    const token = await service.token('viewer');
    expect(await tryWhep(service, token, 'copy')).toBe(201);
    await until(async () => (await tryHls(service, token, 'copy')) === 200);

    await service.stop();
    await server.restart();
    await using again = publish(`${server.rtspUrl}/origin`);
    await service.startAgain();
    const second = await service.client();
    await until(async () => (await second.call('get_streams')).find(({ name }) => name === 'copy')?.ready, {
      timeoutMs: 30_000,
    });
    expect(again.hasExited).toBe(false);
    expect(await second.call('delete_stream', { name: 'copy' })).toMatchObject({
      name: 'copy',
      deleted: true,
    });
    await expect(second.call('delete_stream', { name: 'copy' })).rejects.toMatchObject({ code: -32010 });
    await expect(second.call('get_stream_url', { stream: 'copy' })).rejects.toMatchObject({ code: -32010 });
    await until(async () => (await second.call('get_streams')).every(({ name }) => name !== 'copy'));
  });
});

test.each(['restart', 'reload'] as const)(
  'after its %s it has its paths again, and the recording goes on',
  async (how) => {
    await using server = await MediaMtx.start();
    await using service = await startBeside(server);
    const client = await service.client();
    const heard = hearRecordings(client);
    await client.call('start_recording', { device });
    await until(() => heard.length > 0);
    await until(async () => (await newestSegmentSeconds(service)) > 1);
    await server[how]();
    await until(
      async () => (await listSegmentFiles(service)).length === 2 && (await newestSegmentSeconds(service)) > 1,
    );
    const stopped = await client.call('stop_recording', { device });
    const { numbers, complaints } = await decodeRecording(recordingPath(service, device, stopped.filename));
    expect(complaints).toBe('');
    expect(findGaps(numbers)).toHaveLength(1);
    expect(await client.call('get_status')).toMatchObject({ status: 'HEALTHY', problems: [] });
  },
);

test('while it hangs callers are told so, and when it goes on so does the recording', async () => {
  await using server = await MediaMtx.start();
  await using service = await startBeside(server, { env: { CAMERA_SERVICE_MEDIAMTX_API_TIMEOUT: '1' } });
  const client = await service.client();
  const heard = hearRecordings(client);
  await client.call('start_recording', { device });
  await until(() => heard.length > 0);
  await until(async () => (await newestSegmentSeconds(service)) > 1);
  process.kill(server.pid, 'SIGSTOP');
  await until(async () => (await client.call('get_status')).components.mediamtx === 'ERROR');
  await expect(
    client.call('create_stream', { name: 'copy', source: 'rtsp://127.0.0.1:9/x' }),
  ).rejects.toMatchObject({ code: -32050 });
  process.kill(server.pid, 'SIGCONT');
  await until(async () => (await client.call('get_status')).status === 'HEALTHY');
  await until(
    async () => (await listSegmentFiles(service)).length === 2 && (await newestSegmentSeconds(service)) > 1,
  );
  const stopped = await client.call('stop_recording', { device });
  const { numbers, complaints } = await decodeRecording(recordingPath(service, device, stopped.filename));
  expect(complaints).toBe('');
  expect(findGaps(numbers).filter(({ distance }) => distance < 1)).toEqual([]);
});

test('one that comes later is waited for', async () => {
  await using server = await MediaMtx.start();
  await server.stop();
  await using service = await startBeside(server);
  expect(service.ready.mediamtx).toMatchObject({ mode: 'external', version: null });
  const client = await service.client();
  expect(await client.call('get_camera_list')).toMatchObject({ total: 1, connected: 1 });
  const { status, problems } = await client.call('get_status');
  expect({ status, problems }).toMatchObject({ status: 'UNHEALTHY', problems: [{ component: 'mediamtx' }] });
  await expect(client.call('start_recording', { device })).rejects.toMatchObject({
    code: -32050,
    data: { dependency: 'mediamtx' },
  });
  await server.restart();
  await until(async () => (await client.call('get_status')).status === 'HEALTHY');
  // What was refused does not begin by itself.
  expect((await client.call('get_camera_status', { device })).recording).toBe(false);
  expect(await listSegmentFiles(service)).toEqual([]);
  const heard = hearRecordings(client);
  await client.call('start_recording', { device });
  await until(() => heard.at(-1)?.status === 'STARTED');
  await client.call('stop_recording', { device });
});

describe('what its own configuration forbids is told', () => {
  test('nothing where its hooks reach the service, also for a later run of the service', async () => {
    await using server = await MediaMtx.start();
    await using service = await startBeside(server);
    await untilLimitations(service, []);
    await service.stop();
    await service.startAgain();
    await untilLimitations(service, []);
  });

  test('that players can not start a camera, where its hooks do not reach the service', async () => {
    await using dir = await TempDir.create();
    const dataDir = dir.join('data');
    await mkdir(`${dataDir}/run`, { recursive: true, mode: 0o700 });
    await using server = await MediaMtx.start({ hides: `${dataDir}/run` });
    await using service = await startBeside(server, { dataDir });
    await untilLimitations(service, [noHooks]);
    const client = await service.client();
    expect(await client.call('get_status')).toMatchObject({
      status: 'DEGRADED',
      problems: [{ component: 'mediamtx', reason: noHooks }],
    });
    // Everything else goes.
    const heard = hearRecordings(client);
    await client.call('start_recording', { device });
    await until(() => heard.at(-1)?.status === 'STARTED');
    await client.call('stop_recording', { device });
  });
});

describe('with logins', () => {
  const permissions = ['api', 'publish', 'read', 'playback'].map((action) => ({ action }));
  const config = { authInternalUsers: [{ user: 'svc', pass: 'very-private', ips: [], permissions }] };

  test('the right ones open all', async () => {
    await using server = await MediaMtx.start({ config });
    await using service = await startBeside(server, { env: loginsOf('very-private') });
    const client = await service.client();
    const heard = hearRecordings(client);
    await client.call('start_recording', { device });
    await until(() => heard.at(-1)?.status === 'STARTED');
    await until(async () => (await client.call('get_stream_status', { device })).ready);
    await client.call('stop_recording', { device });
    expect(await client.call('get_status')).toMatchObject({ status: 'HEALTHY', problems: [] });
    expect(service.log).not.toContain('very-private');
  });

  test.each([['wrong ones', loginsOf('wrong-one')] as const, ['none', {}] as const])(
    '%s are told as what they are',
    async (_what, env) => {
      await using server = await MediaMtx.start({ config });
      await using service = await startBeside(server, { env });
      const client = await service.client();
      await until(async () => {
        const { status, problems } = await client.call('get_status');
        return (
          status === 'UNHEALTHY' && problems.some(({ reason }) => reason.includes('refuses the credentials'))
        );
      });
      await expect(client.call('start_recording', { device })).rejects.toMatchObject({
        code: -32050,
        data: {
          dependency: 'mediamtx',
          details: expect.stringContaining('refuses the credentials') as string,
        },
      });
    },
  );
});

function loginsOf(password: string): Record<string, string> {
  return {
    CAMERA_SERVICE_MEDIAMTX_API_USERNAME: 'svc',
    CAMERA_SERVICE_MEDIAMTX_API_PASSWORD: password,
    CAMERA_SERVICE_MEDIAMTX_RTSP_USERNAME: 'svc',
    CAMERA_SERVICE_MEDIAMTX_RTSP_PASSWORD: password,
  };
}

async function untilLimitations(service: Service, limitations: string[]): Promise<void> {
  const client = await service.client();
  await until(async () => {
    const { mediamtx } = await client.call('get_server_info');
    return JSON.stringify(mediamtx.limitations) === JSON.stringify([...limitations, ownUsers]);
  });
}

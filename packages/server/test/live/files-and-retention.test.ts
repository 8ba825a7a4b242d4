import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { CameraServiceClient, EventParams } from '@mediamtx-camera-service/client';
import { ffmpegBinary, RawClient, Service, TempDir, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { run } from '../../src/process/run.ts';
import { expectCatalogToAgree, listSegmentFiles, recordingPath, smallPicture } from './recorded.ts';

const device = 'camera0';

/** What ffmpeg says of a file. */
async function lookAt(path: string): Promise<{ codec: string; resolution: string; seconds: number }> {
  const { exit } = await run({
    command: ffmpegBinary(),
    args: ['-hide_banner', '-i', path],
    timeoutMs: 10_000,
  });
  const text = exit.stderrTail.join('\n');
  const video = /Video: (\w+).*?, (\d+x\d+)/.exec(text);
  const length = /Duration: (\d+):(\d+):(\d+\.\d+)/.exec(text);
  if (!video) throw new Error(text);
  const [hours, minutes, seconds] = (length?.slice(1).map(Number) ?? [0, 0, 0]) as [number, number, number];
  return { codec: video[1]!, resolution: video[2]!, seconds: (hours * 60 + minutes) * 60 + seconds };
}

async function record(
  client: CameraServiceClient,
  options: { format?: 'mp4' | 'fmp4' | 'mkv'; seconds?: number; device?: string } = {},
) {
  const { seconds = 1, format, device: of = device } = options;
  await client.call('start_recording', { device: of, ...(format && { format }) });
  const isLong = async () =>
    ((await client.call('get_camera_status', { device: of })).elapsed_time ?? 0) > seconds;
  await until(isLong, { timeoutMs: 40_000 });
  return client.call('stop_recording', { device: of });
}

async function hearDeletions(client: CameraServiceClient): Promise<EventParams[]> {
  const heard: EventParams[] = [];
  client.on('event', (event) => 'seq' in event && heard.push(event));
  await client.call('subscribe_events', { topics: ['recording.deleted', 'snapshot.deleted'] });
  return heard;
}

async function namesOf(client: CameraServiceClient): Promise<string[]> {
  const { files: recordings } = await client.call('list_recordings');
  const { files: snapshots } = await client.call('list_snapshots');
  return [...recordings, ...snapshots].map(({ filename }) => filename);
}

const statusOf = async (service: Service, url: string) => (await fetch(`${service.httpUrl}${url}`)).status;

test('information is what the files themselves say', async () => {
  await using service = await Service.start({
    env: { ...smallPicture, CAMERA_SERVICE_RECORDING_SEGMENT_DURATION: '10' },
  });
  const client = await service.client();
  for (const format of ['mp4', 'fmp4', 'mkv'] as const) {
    const stopped = await record(client, { format });
    const path = recordingPath(service, device, stopped.filename);
    const { codec, resolution, seconds } = await lookAt(path);
    const info = await client.call('get_recording_info', { filename: stopped.filename });
    expect(info).toMatchObject({
      ...{ filename: stopped.filename, device, format, codec, resolution, protected: false, segments: 1 },
      ...{ created_time: stopped.start_time, end_time: stopped.end_time, duration: stopped.duration },
      ...{ recording_id: stopped.session_id, file_size: (await stat(path)).size },
    });
    expect({ codec, resolution }).toEqual({ codec: 'h264', resolution: '640x360' });
    expect(Math.abs(info.duration - seconds)).toBeLessThan(0.1);
    expect(await statusOf(service, info.download_url)).toBe(200);
  }
  for (const format of ['jpg', 'png'] as const) {
    const taken = await client.call('take_snapshot', { device, format });
    const info = await client.call('get_snapshot_info', { filename: taken.filename });
    const { resolution } = await lookAt(taken.file_path);
    expect(info).toMatchObject({
      ...{
        filename: taken.filename,
        device,
        format,
        resolution,
        captured_at: taken.captured_at,
        duration: null,
      },
      ...{ file_size: (await stat(taken.file_path)).size, width: taken.width, height: taken.height },
    });
    expect(await statusOf(service, info.download_url)).toBe(200);
  }

  await client.call('start_recording', { device });
  await until(async () => (await listSegmentFiles(service)).length >= 2, { timeoutMs: 30_000 });
  const { filename } = await client.call('stop_recording', { device });
  expect((await client.call('get_recording_info', { filename })).segments).toBeGreaterThanOrEqual(2);

  // The database lost: what the file tells is still known, and how it was made is not.
  await service.stop();
  for (const end of ['', '-wal', '-shm'])
    await rm(join(service.dataDir, `camera-service.db${end}`), { force: true });
  await service.startAgain();
  const again = await service.client();
  expect(await again.call('get_recording_info', { filename })).toMatchObject({
    ...{ device, segments: null, resolution: '640x360', codec: 'h264' },
  });
});

test('a recording that runs is neither told of as a file nor deleted', async () => {
  await using service = await Service.start({ env: smallPicture });
  const client = await service.client();
  const { filename, session_id } = await client.call('start_recording', { device });
  for (const method of ['get_recording_info', 'delete_recording'] as const)
    await expect(client.call(method, { filename })).rejects.toMatchObject({
      code: -32020,
      data: { state: 'recording', session_id },
    });
  await until(async () => (await listSegmentFiles(service)).length > 0);
  await client.call('stop_recording', { device });
  expect(await client.call('delete_recording', { filename })).toMatchObject({
    filename,
    deleted: true,
    success: true,
  });
  await expect(client.call('delete_recording', { filename })).rejects.toMatchObject({ code: -32010 });
});

test('what was deleted is gone at once, is told, and stays gone when the service is killed right after the reply', async () => {
  await using service = await Service.start({ env: smallPicture });
  const client = await service.client();
  const heard = await hearDeletions(client);
  const kept = await record(client);
  const first = await record(client);
  const picture = await client.call('take_snapshot', { device });
  await client.call('delete_recording', { filename: first.filename });
  await client.call('delete_snapshot', { filename: picture.filename });
  expect(await namesOf(client)).toEqual([kept.filename]);
  expect(await statusOf(service, first.download_url)).toBe(404);
  expect(await statusOf(service, picture.download_url)).toBe(404);
  await until(() => heard.length === 2);
  expect(heard).toMatchObject([
    { topic: 'recording.deleted', data: { device, filename: first.filename, reason: 'request' } },
    { topic: 'snapshot.deleted', data: { device, filename: picture.filename, reason: 'request' } },
  ]);
  await expectCatalogToAgree(service, client);

  const second = await record(client);
  const other = await client.call('take_snapshot', { device });
  await Promise.all([
    client.call('delete_snapshot', { filename: other.filename }),
    client.call('delete_recording', { filename: second.filename }),
  ]);
  await service.kill();
  await service.startAgain();
  const again = await service.client();
  expect(await namesOf(again)).toEqual([kept.filename]);
  await expectCatalogToAgree(service, again);
});

test('a download that is under way when its file is deleted gets the whole of it', async () => {
  await using dir = await TempDir.create();
  const path = join(dir.path, 'recordings', device, 'large.mp4');
  await mkdir(join(path, '..'), { recursive: true });
  // Noise that is not compressed, so that it is more than sockets and their buffers take.
  const noise = ['-f', 'lavfi', '-i', 'color=gray:size=640x360:rate=30,noise=alls=100:allf=t'];
  const coding = ['-frames:v', '100', '-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '1', path];
  const made = await run({
    command: ffmpegBinary(),
    args: ['-v', 'error', ...noise, ...coding],
    timeoutMs: 60_000,
  });
  expect(made.exit.stderrTail).toEqual([]);
  const content = await readFile(path);
  expect(content.length).toBeGreaterThan(16e6);

  await using service = await Service.start({ env: smallPicture, dataDir: dir.path });
  const client = await service.client();
  const { download_url: url } = await client.call('get_recording_info', { filename: 'large.mp4' });
  const [reply] = (await once(get(`${service.httpUrl}${url}`), 'response')) as [IncomingMessage];
  await client.call('delete_recording', { filename: 'large.mp4' });
  expect(await statusOf(service, url)).toBe(404);
  expect(reply.socket.bytesRead).toBeLessThan(content.length);
  const hash = createHash('sha256');
  for await (const chunk of reply) hash.update(chunk as Buffer);
  expect(hash.digest('hex')).toBe(createHash('sha256').update(content).digest('hex'));
});

test('a file that somebody removes by hand leaves the lists when it is asked for', async () => {
  await using service = await Service.start({ env: smallPicture });
  const client = await service.client();
  const heard = await hearDeletions(client);
  const kept = await record(client);
  const { filename, download_url: url } = await record(client);
  await rm(recordingPath(service, device, filename));
  expect(await statusOf(service, url)).toBe(404);
  expect(await namesOf(client)).toEqual([kept.filename]);
  await until(() => heard.length > 0);
  expect(heard).toMatchObject([{ topic: 'recording.deleted', data: { filename, reason: 'missing' } }]);
});

test('by size: a dry run deletes nothing, a call deletes the oldest, and enabled it happens by itself', async () => {
  await using service = await Service.start({ env: { CAMERA_SERVICE_CAMERA_TEST_RESOLUTION: '1280x720' } });
  const client = await service.client();
  await expect(client.call('set_retention_policy', { policy_type: 'size' })).rejects.toMatchObject({
    code: -32602,
    data: { param: 'max_size_gb' },
  });
  expect(await client.call('cleanup_old_files')).toMatchObject({ cleanup_executed: false, files_deleted: 0 });
  const fresh = await client.call('get_storage_info');
  expect(fresh).toMatchObject({ recordings_size: 0, recordings_count: 0, forecast_days: null });

  const all = [await record(client, { seconds: 3 }), await record(client, { seconds: 3 })];
  const picture = await client.call('take_snapshot', { device, format: 'png' });
  all.push(await record(client, { seconds: 3 }));
  const sizes = all.map(({ file_size }) => file_size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(await client.call('get_storage_info')).toMatchObject({
    ...{ recordings_size: total, recordings_count: 3, snapshots_size: picture.file_size, snapshots_count: 1 },
    forecast_days: expect.any(Number) as number,
  });

  // Room for the picture and the newest recording, and not for one more.
  const limit = Math.max((picture.file_size + sizes[2]! + 1_000) / 1e9, 0.001);
  const policy = { policy_type: 'size', max_size_gb: limit, enabled: false } as const;
  expect(await client.call('set_retention_policy', policy)).toMatchObject({ ...policy, max_age_days: null });
  const goes = expectedToGo([...all.slice(0, 2), picture, all[2]!], limit * 1e9);
  expect(goes.length).toBeGreaterThan(0);
  const dry = await client.call('cleanup_old_files', { dry_run: true });
  expect(dry).toMatchObject({
    cleanup_executed: false,
    dry_run: true,
    files_deleted: goes.length,
    files: goes,
  });
  expect(await namesOf(client)).toHaveLength(4);
  await expectCatalogToAgree(service, client);
  const heard = await hearDeletions(client);
  const real = await client.call('cleanup_old_files');
  expect(real).toMatchObject({
    cleanup_executed: true,
    dry_run: false,
    files: goes,
    space_freed: dry.space_freed,
  });
  await until(() => heard.length === goes.length);
  expect(heard.map(({ data }) => [data['filename'], data['reason']])).toEqual(
    goes.map((name) => [name, 'retention']),
  );
  await expectCatalogToAgree(service, client);

  // It is in the configuration, so it outlives the service.
  await client.call('set_retention_policy', { policy_type: 'size', enabled: true });
  await service.stop();
  await service.startAgain();
  const again = await service.client();
  expect((await again.call('get_storage_info')).retention_policy).toMatchObject({ ...policy, enabled: true });
  const before = await namesOf(again);
  const newest = await record(again, { seconds: 3 });
  await until(async () => {
    const { recordings_size: recordings, snapshots_size: snapshots } = await again.call('get_storage_info');
    return recordings + snapshots <= limit * 1e9;
  });
  const left = await namesOf(again);
  expect(left.length).toBeLessThan(before.length + 1);
  // What is left are the newest.
  const inOrder = [...all.slice(0, 2), picture, all[2]!, newest].map(({ filename }) => filename);
  expect(left.toSorted()).toEqual(inOrder.slice(inOrder.length - left.length).toSorted());
  await expectCatalogToAgree(service, again);
});

test('who may not, does not; and a file of a camera that is hidden is as unknown as one that never was', async () => {
  await using service = await Service.start({ env: smallPicture, testCameras: 2 });
  const client = await service.client();
  const own = await client.call('take_snapshot', { device });
  const foreign = await client.call('take_snapshot', { device: 'camera1' });
  const recorded = await record(client, { device: 'camera1' });
  const viewer = await service.client('viewer');
  await expect(viewer.call('delete_snapshot', { filename: own.filename })).rejects.toMatchObject({
    code: -32002,
  });
  await expect(viewer.call('delete_recording', { filename: 'never.mp4' })).rejects.toMatchObject({
    code: -32002,
  });
  const operator = await service.client('operator');
  await expect(operator.call('get_storage_info')).rejects.toMatchObject({ code: -32002 });

  const limited = async (role: 'operator' | 'admin') => {
    const { key } = await client.call('create_api_key', { name: role, role, cameras: [device] });
    return RawClient.open(service.ready.ws_url, { headers: { 'x-api-key': key } });
  };
  await using someone = await limited('operator');
  for (const [method, filename] of [
    ['get_snapshot_info', foreign.filename],
    ['delete_snapshot', foreign.filename],
    ['get_recording_info', recorded.filename],
    ['delete_recording', recorded.filename],
  ] as const) {
    const hidden = await someone.call(method, { filename });
    expect(hidden.error?.code).toBe(-32010);
    const never = await someone.call(method, { filename: 'never.at-all' });
    expect(JSON.stringify(hidden.error).replaceAll(filename, 'never.at-all')).toBe(
      JSON.stringify(never.error),
    );
  }
  for (const method of ['list_recordings', 'list_snapshots'])
    expect(JSON.stringify(await someone.call(method))).not.toContain('camera1');
  expect((await someone.call('list_snapshots')).result).toMatchObject({ total: 1 });

  await using chief = await limited('admin');
  expect((await chief.call('get_storage_info')).result).toMatchObject({
    ...{ recordings_count: 0, snapshots_count: 1, snapshots_size: own.file_size, forecast_days: null },
  });
  expect(await someone.result('delete_snapshot', { filename: own.filename })).toMatchObject({
    deleted: true,
  });
  expect((await namesOf(client)).toSorted()).toEqual([foreign.filename, recorded.filename].toSorted());
});

/** The oldest, while all take more than the limit. */
function expectedToGo(files: { filename: string; file_size: number }[], maxBytes: number): string[] {
  let left = files.reduce((sum, { file_size }) => sum + file_size, 0);
  const goes: string[] = [];
  for (const { filename, file_size } of files) {
    if (left <= maxBytes) break;
    goes.push(filename);
    left -= file_size;
  }
  return goes;
}

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CameraServiceClient } from '@mediamtx-camera-service/client';
import { freePort, seeded, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { frameDistance } from '../../src/capture/read-number.ts';
import { ReconnectingViewer } from './reconnecting-viewer.ts';
import {
  decodeRecording,
  expectCatalogToAgree,
  findChildren,
  newestSegmentSeconds,
  recordingPath,
} from './recorded.ts';
import { Storm } from './storm.ts';

const width = 320;
const fps = 10;
const devices = ['camera0', 'camera1', 'camera2'];
/** Recorded all the time, and with ends and beginnings on the way. */
const [steady, renewed] = ['camera0', 'camera1'] as const;
const seed = Number(process.env['CAMERA_SERVICE_TEST_SEED'] ?? Math.floor(Math.random() * 1e9));
const patience = { timeoutMs: 30_000 };

interface World {
  service: Service;
  client: CameraServiceClient;
  viewers: ReconnectingViewer[];
  storm: Storm;
  /** The session of the steady recording. */
  sessionId: string;
}

test(
  `deaths of everything in a random order: nothing is lost and nothing stays (CAMERA_SERVICE_TEST_SEED=${seed})`,
  { timeout: 300_000 },
  async () => {
    console.info(`CAMERA_SERVICE_TEST_SEED=${seed}`);
    await using service = await startSmall();
    const client = await service.client();
    await using first = new ReconnectingViewer(client, 'camera0');
    await using second = new ReconnectingViewer(client, 'camera2');
    const viewers = [first, second];
    const storm = new Storm({ service, client, viewers, recordedDevice: renewed, random: seeded(seed) });
    const { session_id: sessionId } = await client.call('start_recording', { device: steady });
    await client.call('start_recording', { device: renewed });
    const world = { service, client, viewers, storm, sessionId };
    try {
      await untilWell(world);
      await storm.rage(30, { withService: true });
      await untilWell(world);
      const before = await readUse(service.pid);
      await storm.rage(20, { withService: false });
      await untilWell(world);
      await expectNoGrowth(service, before);
      await checkRecordings(world);
    } catch (error) {
      const file = join(tmpdir(), `kill-storm-${seed}.log`);
      await writeFile(file, storm.log);
      console.error(`seed ${seed}, the service's log in ${file}: ${storm.steps.join(', ')}`);
      throw error;
    }
    await Promise.all(viewers.map((viewer) => viewer.stop()));
    expect(await service.stop()).toBe(0);
    expect(findChildren(service)).toEqual([]);
  },
);

async function startSmall(): Promise<Service> {
  return Service.start({
    mediamtx: 'managed',
    testCameras: devices.length,
    env: {
      CAMERA_SERVICE_CAMERA_TEST_RESOLUTION: `${width}x180`,
      CAMERA_SERVICE_CAMERA_TEST_FPS: String(fps),
      CAMERA_SERVICE_CAMERA_LINGER: '1',
      CAMERA_SERVICE_CAPTURE_STALL_TIMEOUT: '1',
      CAMERA_SERVICE_MEDIAMTX_API_TIMEOUT: '1',
    },
    // The same after each start, so that the client finds it again.
    args: ['--port', String(await freePort())],
  });
}

/** Every camera there and live, recordings and viewers get on, and MediaMTX has what it should and no more. */
async function untilWell({ service, client, viewers, storm, sessionId }: World): Promise<void> {
  for (const viewer of viewers) viewer.start();
  await until(async () => (await client.call('get_status')).status === 'HEALTHY', patience);
  expect(await client.call('get_camera_status', { device: steady })).toMatchObject({
    recording: true,
    session_id: sessionId,
  });
  const { recording } = await client.call('get_camera_status', { device: renewed });
  if (storm.mustRecord) expect(recording).toBe(true);
  // The call that should begin it was cut off.
  else if (!recording) await until(() => client.call('start_recording', { device: renewed }), patience);
  storm.mustRecord = true;
  for (const device of devices) {
    const isLive = async () => (await client.call('get_stream_status', { device })).ready;
    await until(isLive, { ...patience, what: `${device} is live` });
    expect(await client.call('get_camera_status', { device })).toMatchObject({ status: 'CONNECTED' });
  }
  for (const device of [steady, renewed]) {
    const seconds = await newestSegmentSeconds(service, device);
    const hasGrown = async () => (await newestSegmentSeconds(service, device)) > seconds;
    await until(hasGrown, { ...patience, what: `the recording of ${device} grows` });
  }
  for (const viewer of viewers) {
    const { frames } = viewer;
    const hasMore = () => viewer.frames > Math.max(frames, fps);
    await until(hasMore, { ...patience, what: `${viewer.device} is watched` });
  }
  const paths = (await client.call('get_streams')).map(({ name }) => name);
  expect(paths.toSorted()).toEqual(devices);
}

interface Use {
  descriptors: number;
  threads: number;
  megabytes: number;
}

async function readUse(pid: number): Promise<Use> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return {
    descriptors: (await readdir(`/proc/${pid}/fd`)).length,
    threads: (await readdir(`/proc/${pid}/task`)).length,
    megabytes: Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024),
  };
}

/** What was opened for programs and connections that died is closed again; a few come and go all the time. */
async function expectNoGrowth({ pid }: Service, before: Use): Promise<void> {
  const now = await until(async () => {
    const use = await readUse(pid);
    return use.descriptors <= before.descriptors + 6 && use;
  });
  expect(now.threads).toBeLessThanOrEqual(before.threads + 1);
  expect(now.megabytes).toBeLessThanOrEqual(before.megabytes + 100);
}

async function checkRecordings({ service, client, sessionId }: World): Promise<void> {
  expect(await client.call('stop_recording', { device: steady })).toMatchObject({ session_id: sessionId });
  await client.call('stop_recording', { device: renewed });
  await expectCatalogToAgree(service, client);
  const { files } = await client.call('list_recordings', { limit: 1000, order: 'asc' });
  for (const device of [steady, renewed]) {
    const names = await readdir(join(service.dataDir, 'recordings', device));
    expect(names.filter((name) => name.startsWith('closing-'))).toEqual([]);
    const numbers: (number | null)[] = [];
    for (const { filename } of files.filter((file) => file.device === device)) {
      const decoded = await decodeRecording(recordingPath(service, device, filename), width);
      expect({ filename, complaints: decoded.complaints }).toEqual({ filename, complaints: '' });
      numbers.push(...decoded.numbers);
    }
    expect(numbers).not.toContain(null);
    expect(findReturns(numbers as number[])).toEqual([]);
  }
}

/** Where a frame comes twice or goes back. */
function findReturns(numbers: number[]): { index: number; distance: number }[] {
  return numbers.slice(1).flatMap((number, i) => {
    const distance = frameDistance(numbers[i]!, number);
    return distance >= 1 ? [] : [{ index: i + 1, distance }];
  });
}

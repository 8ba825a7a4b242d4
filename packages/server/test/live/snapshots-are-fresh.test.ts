import { readFile } from 'node:fs/promises';
import type { Result } from '@mediamtx-camera-service/protocol';
import type { CameraServiceClient } from '@mediamtx-camera-service/client';
import { Service, until } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frameDistance } from '../../src/capture/index.ts';
import { readNumberOf } from './media-harness.ts';

// The picture carries floor(unix time * fps) mod 65536 of the moment at which its frame was made.
const fps = 30;
const frameMs = 1000 / fps;
const device = 'camera0';
type Snapshot = Result<'take_snapshot'>;

let service: Service;
let client: CameraServiceClient;
beforeAll(async () => {
  service = await Service.start();
  client = await service.client('operator');
  await client.call('start_streaming', { device });
  await until(async () => (await client.call('get_stream_status', { device })).ready);
});
afterAll(async () => service?.[Symbol.asyncDispose]());

const numberAt = (timeMs: number) => Math.floor((timeMs / 1000) * fps) & 0xffff;

async function numberOf(snapshot: Snapshot): Promise<number> {
  const number = await readNumberOf(await readFile(snapshot.file_path), snapshot);
  if (number === null) throw new Error('the picture carries no number');
  return number;
}

/** How much older than the time the picture itself is. */
async function ageAt(timeMs: number, snapshot: Snapshot): Promise<number> {
  return frameDistance(await numberOf(snapshot), numberAt(timeMs)) * frameMs;
}

/** What the replies claim of their pictures, proved by the pictures themselves. */
async function expectHonest(snapshots: Snapshot[], requestedAt: number): Promise<void> {
  const lags: number[] = [];
  for (const snapshot of snapshots) {
    const capturedAt = Date.parse(snapshot.captured_at);
    expect(snapshot.capture_method).toBe('live');
    expect(snapshot.age_ms).toBeLessThanOrEqual(100);
    expect(capturedAt).toBeGreaterThanOrEqual(requestedAt - 100);
    // From the frame's making until it reached the service: encoding, and the way through MediaMTX.
    lags.push(await ageAt(capturedAt, snapshot));
  }
  expect(Math.min(...lags)).toBeGreaterThanOrEqual(-2 * frameMs);
  // A loaded machine may hold a single frame up, but not most of them.
  expect(lags.toSorted((a, b) => a - b)[Math.floor(lags.length / 2)]).toBeLessThanOrEqual(150 + 2 * frameMs);
  expect(Math.max(...lags)).toBeLessThanOrEqual(1_000);
}

test('each snapshot of a live camera shows what was there at the request, and none goes back', async () => {
  const startedAt = Date.now();
  const snapshots: Snapshot[] = [];
  for (let at = 0; at < 8; at++) {
    const requestedAt = Date.now();
    const snapshot = await client.call('take_snapshot', { device });
    // The service takes the request a moment after it was sent.
    expect(Date.parse(snapshot.captured_at) + snapshot.age_ms).toBeGreaterThanOrEqual(requestedAt);
    expect(Date.parse(snapshot.captured_at)).toBeGreaterThanOrEqual(requestedAt - 100);
    snapshots.push(snapshot);
  }
  await expectHonest(snapshots, startedAt);
  const numbers = await Promise.all(snapshots.map(numberOf));
  // Two that come within a frame's time show the same one.
  for (const [at, number] of numbers.slice(1).entries())
    expect(frameDistance(numbers[at]!, number)).toBeGreaterThanOrEqual(0);
  expect(frameDistance(numbers[0]!, numbers.at(-1)!)).toBeGreaterThan(0);
});

test('twenty calls at once are answered each by a picture that is fresh for it, under twenty names', async () => {
  const requestedAt = Date.now();
  const snapshots = await Promise.all(
    Array.from({ length: 20 }, () => client.call('take_snapshot', { device })),
  );
  expect(new Set(snapshots.map(({ filename }) => filename)).size).toBe(20);
  await expectHonest(snapshots, requestedAt);
  // They came within one frame or a few, so that one decoding serves many.
  const frames = new Set(snapshots.map(({ captured_at }) => captured_at));
  expect(frames.size).toBeLessThan(20);
});

test('a camera that is not live is opened, and its picture is of the time after the request', async () => {
  // The run's own MediaMTX is taken already.
  await using own = await Service.start({ mediamtx: 'managed' });
  const idle = await own.client('operator');
  const requestedAt = Date.now();
  const snapshot = await idle.call('take_snapshot', { device });
  expect(snapshot).toMatchObject({ capture_method: 'direct', age_ms: 0 });
  expect(Date.parse(snapshot.captured_at)).toBeGreaterThanOrEqual(requestedAt);
  expect(await ageAt(requestedAt, snapshot)).toBeLessThanOrEqual(frameMs);
});

describe('the file', () => {
  test('is of the told size and format, and grows with the quality', async () => {
    const sizes: number[] = [];
    for (const quality of [5, 50, 95]) {
      const snapshot = await client.call('take_snapshot', { device, quality });
      const data = await readFile(snapshot.file_path);
      expect(snapshot).toMatchObject({ quality, width: 1280, height: 720, file_size: data.length });
      expect(data.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
      sizes.push(data.length);
    }
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes[0]).toBeLessThan(sizes[2]!);
  });

  test('is a PNG where that is asked for, the same whatever the quality', async () => {
    for (const quality of [1, 100]) {
      const requestedAt = Date.now();
      const snapshot = await client.call('take_snapshot', { device, format: 'png', quality });
      const data = await readFile(snapshot.file_path);
      expect(data.subarray(1, 4).toString()).toBe('PNG');
      expect(snapshot.filename).toMatch(/\.png$/);
      expect(await ageAt(requestedAt, snapshot)).toBeLessThanOrEqual(1_000);
    }
  });

  test.each([
    ['door', 'jpg', 'door.jpg'],
    ['door', 'png', 'door.png'],
    ['door.2.JPG', 'jpg', 'door.2.JPG'],
    ['door-3.jpeg', 'jpg', 'door-3.jpeg'],
    ['v1.0', 'jpg', 'v1.0.jpg'],
  ] as const)('named %s as %s is %s', async (filename, format, expected) => {
    const snapshot = await client.call('take_snapshot', { device, filename, format });
    expect(snapshot.filename).toBe(expected);
    const { status, headers } = await fetch(new URL(snapshot.download_url, service.httpUrl));
    expect({ status, disposition: headers.get('content-disposition') }).toEqual({
      status: 200,
      disposition: `attachment; filename="${expected}"`,
    });
  });

  test('has camera and time for a name where none is given', async () => {
    const snapshot = await client.call('take_snapshot', { device });
    expect(snapshot.filename).toMatch(/^camera0_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-\d{3}\.jpg$/);
  });
});

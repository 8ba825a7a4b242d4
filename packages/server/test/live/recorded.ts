import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CameraServiceClient, NotificationParams } from '@mediamtx-camera-service/client';
import { ffmpegBinary, type Service } from '@mediamtx-camera-service/testkit';
import { expect } from 'vitest';
import { frameDistance, readFrameNumber } from '../../src/capture/read-number.ts';
import { findLeftovers } from '../../src/process/leftovers.ts';
import { run } from '../../src/process/run.ts';
import { readFmp4 } from '../../src/recordings/fmp4.ts';

const smallWidth = 640;

/** A picture that costs little, since many tests share the machine. */
export const smallPicture = { CAMERA_SERVICE_CAMERA_TEST_RESOLUTION: `${smallWidth}x360` };
export const fps = 30;

export type RecordingUpdate = NotificationParams<'recording_status_update'>;

export interface DecodedRecording {
  /** The number that each frame shows. */
  numbers: (number | null)[];
  /** What ffmpeg has to say against the file; nothing for a sound one. */
  complaints: string;
}

/** Decodes a whole recording and reads the number that every frame carries. */
export async function decodeRecording(path: string, width = smallWidth): Promise<DecodedRecording> {
  const side = Math.floor(width / 32);
  const filter = `crop=${width}:${side}:0:0,format=gray`;
  const { stdout, exit } = await run({
    command: ffmpegBinary(),
    args: [
      ...['-nostdin', '-v', 'error', '-i', path, '-map', '0:v', '-vf', filter],
      ...['-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'],
    ],
    timeoutMs: 60_000,
    maxOutputBytes: 1 << 30,
  });
  const numbers: (number | null)[] = [];
  for (let at = 0; at < stdout.length; at += width * side) {
    numbers.push(
      readFrameNumber({ width, height: side, data: stdout.subarray(at, at + width * side), stride: width }),
    );
  }
  return { numbers, complaints: exit.stderrTail.join('\n') };
}

/** Where frames are missing or come twice: the index and the distance from the frame before. */
export function findGaps(numbers: readonly (number | null)[]): { index: number; distance: number }[] {
  return numbers.slice(1).flatMap((number, i) => {
    const distance = frameDistance(numbers[i] ?? Number.NaN, number ?? Number.NaN);
    return distance === 1 ? [] : [{ index: i + 1, distance }];
  });
}

/** Plays without a word, no frame is missing, and there are as many as the length says. */
export async function expectWholeRecording(path: string, durationSeconds: number): Promise<number[]> {
  const { numbers, complaints } = await decodeRecording(path);
  expect(complaints).toBe('');
  expect(findGaps(numbers)).toEqual([]);
  expect(Math.abs(numbers.length - durationSeconds * fps)).toBeLessThanOrEqual(1);
  return numbers as number[];
}

export function recordingPath(service: Service, device: string, filename: string): string {
  return join(service.dataDir, 'recordings', device, filename);
}

/** Whether MediaMTX has begun to write a camera's file. */
export async function listSegmentFiles(service: Service, device = 'camera0'): Promise<string[]> {
  return readdir(join(service.dataDir, 'recordings', device, 'segments')).catch(() => []);
}

export function hearRecordings(client: CameraServiceClient): RecordingUpdate[] {
  const heard: RecordingUpdate[] = [];
  client.on('recording_status_update', (update) => heard.push(update));
  return heard;
}

/** Files and catalog agree exactly: each row has its file with that size, each file its row, and nothing is under way. */
export async function expectCatalogToAgree(service: Service, client: CameraServiceClient): Promise<void> {
  const { files: recordings } = await client.call('list_recordings', { limit: 1000 });
  const { files: snapshots } = await client.call('list_snapshots', { limit: 1000 });
  for (const [folder, rows] of [
    ['recordings', recordings],
    ['snapshots', snapshots],
  ] as const) {
    const onDisk = await listFiles(join(service.dataDir, folder));
    const inCatalog = rows.map((row) => ({ path: join(row.device, row.filename), size: row.file_size }));
    expect(onDisk).toEqual(inCatalog.sort((a, b) => (a.path < b.path ? -1 : 1)));
  }
}

/** Every file below a directory, however deep. */
async function listFiles(dir: string): Promise<{ path: string; size: number }[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(
    files.map(async (file) => ({ path: file.slice(dir.length + 1), size: (await stat(file)).size })),
  );
  return sizes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Processes whose command line holds one of the words, without those that have ended already. */
export async function findProcesses(...words: string[]): Promise<{ pid: number; command: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      // It may end while it is looked at.
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
        .replaceAll('\0', ' ')
        .trim();
      return { pid, command };
    }),
  );
  return found.filter(({ command }) => words.some((word) => command.includes(word)));
}

/** What the service has started, and what that has started. */
export function findChildren(service: Service): { pid: number; command: string }[] {
  return findLeftovers(service.dataDir);
}

/** Seconds of picture in the file that MediaMTX writes at present; 0 while there is none. */
export async function newestSegmentSeconds(service: Service, device = 'camera0'): Promise<number> {
  const newest = (await listSegmentFiles(service, device)).sort().at(-1);
  if (newest === undefined) return 0;
  const summary = await readFmp4(join(service.dataDir, 'recordings', device, 'segments', newest));
  return (summary?.durationMs ?? 0) / 1000;
}

/** The number that a test camera shows at a time, epoch milliseconds. */
export function numberAt(timeMs: number): number {
  return Math.floor((timeMs / 1000) * fps) % 65_536;
}

import { statfs } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportStorage } from '../../src/retention/storage-report.ts';
import { RetentionLab } from './retention-lab.ts';

const day = 86_400_000;
const now = 1_000 * day;

let lab: RetentionLab;
beforeEach(async () => {
  lab = await RetentionLab.create();
});
afterEach(async () => lab[Symbol.asyncDispose]());

const report = (minFreeBytes = 0, cameras?: string[]) =>
  reportStorage({ recordingsDir: lab.lab.dir.path, store: lab.store, minFreeBytes, now: () => now }, cameras);

test('the disk is told as the system has it', async () => {
  const { blocks, bfree, bsize } = await statfs(lab.lab.dir.path);
  const told = await report();
  expect(told.total_space).toBe(blocks * bsize);
  // Others write to the disk too.
  expect(Math.abs(told.used_space - (blocks - bfree) * bsize)).toBeLessThan(1e9);
  expect(told.used_space + told.available_space).toBeLessThanOrEqual(told.total_space);
  const percentage = (100 * told.used_space) / (told.used_space + told.available_space);
  expect(Math.abs(told.usage_percentage - percentage)).toBeLessThanOrEqual(0.06);
});

test('what recordings and snapshots take, of all cameras or of some', async () => {
  lab.addRecording('a.mp4', { size: 10 });
  lab.addRecording('b.mp4', { size: 20, device: 'camera1' });
  lab.addRecording('c.mp4', { size: 40, device: 'camera2' });
  lab.addSnapshot('a.jpg', { size: 3, device: 'camera1' });
  const all = { recordings_size: 70, recordings_count: 3, snapshots_size: 3, snapshots_count: 1 };
  expect(await report()).toMatchObject(all);
  expect(await report(0, ['camera0', 'camera1'])).toMatchObject({
    ...{ recordings_size: 30, recordings_count: 2, snapshots_size: 3, snapshots_count: 1 },
  });
  expect(await report(0, ['camera2'])).toMatchObject({ recordings_size: 40, snapshots_size: 0 });
  expect(await report(0, ['camera9'])).toMatchObject({ recordings_size: 0, recordings_count: 0 });
});

test('warnings come below twice the threshold, and below it', async () => {
  const { available_space: available } = await report();
  const warnings = async (threshold: number) => {
    const { low_space_warning: low, critical_space_warning: critical } = await report(threshold);
    return { low, critical };
  };
  expect(await warnings(Math.floor(available / 3))).toEqual({ low: false, critical: false });
  expect(await warnings(Math.floor(available / 1.5))).toEqual({ low: true, critical: false });
  expect(await warnings(available * 2)).toEqual({ low: true, critical: true });
});

test('the forecast goes by what came in a week', async () => {
  const { available_space: available, forecast_days } = await report();
  expect(forecast_days).toBeNull();
  // Older than a week, so it only tells that there was one.
  lab.addRecording('old.mp4', { endAt: now - 30 * day, size: 1_000 });
  expect((await report()).forecast_days).toBeNull();
  const weekly = Math.floor(available / 100);
  // Its row alone: the size is that of a disk.
  lab.files.recordingStore.add({
    ...{ filename: 'new.mp4', device: 'camera0', session_id: 's', format: 'mp4', segments: 1, size: weekly },
    ...{ duration_ms: 1, start_at: now - day, end_at: now - day, created_at: now - day, protected: 0 },
  });
  expect((await report()).forecast_days).toBeCloseTo(700, -1);
  // Half of what is there must stay free.
  expect((await report(Math.floor(available / 2))).forecast_days).toBeCloseTo(350, -1);
  expect((await report(available * 2)).forecast_days).toBe(0);
  // The pace of all cameras is not for those who may see some.
  expect((await report(0, ['camera0'])).forecast_days).toBeNull();
  // Without the old one the service is a day old, and this was a day's work.
  lab.files.recordingStore.remove('old.mp4');
  expect((await report()).forecast_days).toBeCloseTo(100, -1);
});

import { rm } from 'node:fs/promises';
import { until } from '@mediamtx-camera-service/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RetentionCleaner } from '../../src/retention/cleaner.ts';
import type { RetentionConfig } from '../../src/retention/settings.ts';
import { log } from '../cameras/harness.ts';
import { RetentionLab } from './retention-lab.ts';

const day = 86_400_000;
const now = 1_000 * day;

let lab: RetentionLab;
let config: RetentionConfig;
let cleaner: RetentionCleaner;
beforeEach(async () => {
  lab = await RetentionLab.create();
  config = { enabled: false, policy_type: 'manual' };
  cleaner = new RetentionCleaner({
    store: lab.store,
    files: { deleteAll: (files, reason) => lab.kept.deleteAll(files, reason) },
    config: () => config,
    events: lab.events,
    now: () => now,
    log,
  });
});
afterEach(async () => {
  await cleaner.stop();
  await lab[Symbol.asyncDispose]();
});

/** Four files of a megabyte each, of two cameras and both kinds; the number is their age in days. */
function addFour(): void {
  lab.addRecording('4.mp4', { endAt: now - 4 * day, size: 1e6 });
  lab.addSnapshot('3.jpg', { createdAt: now - 3 * day, size: 1e6, device: 'camera1' });
  lab.addRecording('2.mp4', { endAt: now - 2 * day, size: 1e6, device: 'camera1' });
  lab.addSnapshot('1.jpg', { createdAt: now - day, size: 1e6 });
}

const clean = (isDryRun = false, cameras?: string[]) => cleaner.clean({ isDryRun, cameras });

describe('clean', () => {
  test.each<[string, Partial<RetentionConfig>, string[]]>([
    ['age', { policy_type: 'age', max_age_days: 2 }, ['4.mp4', '3.jpg']],
    ['age alone, whatever the size', { policy_type: 'age', max_age_days: 3, max_size_gb: 0.001 }, ['4.mp4']],
    ['size', { policy_type: 'size', max_size_gb: 0.002 }, ['4.mp4', '3.jpg']],
    ['size alone, whatever the age', { policy_type: 'size', max_size_gb: 0.003, max_age_days: 1 }, ['4.mp4']],
    ['manual, by both', { max_age_days: 3, max_size_gb: 0.002 }, ['4.mp4', '3.jpg']],
    ['manual, by the age alone', { max_age_days: 1 }, ['4.mp4', '3.jpg', '2.mp4']],
    ['manual, by the size alone', { max_size_gb: 0.001 }, ['4.mp4', '3.jpg', '2.mp4']],
    ['more than there is', { policy_type: 'size', max_size_gb: 1 }, []],
  ])('%s', async (_what, policy, goes) => {
    addFour();
    config = { ...config, ...policy };
    const told = { count: goes.length, bytes: goes.length * 1e6, filenames: goes, failed: 0 };
    expect(await clean(true)).toEqual(told);
    expect(lab.onDisk()).toHaveLength(4);
    expect(lab.gone).toEqual([]);

    expect(await clean()).toEqual(told);
    const left = ['1.jpg', '2.mp4', '3.jpg', '4.mp4'].filter((name) => !goes.includes(name));
    expect(lab.onDisk()).toEqual(left);
    expect(lab.names().sort()).toEqual(left);
    expect(lab.gone.map(({ filename, reason }) => [filename, reason])).toEqual(
      goes.map((name) => [name, 'retention']),
    );
    expect(await clean()).toMatchObject({ count: 0 });
  });

  test.each<Partial<RetentionConfig>>([
    {},
    { policy_type: 'age' },
    { policy_type: 'age', max_size_gb: 0.001 },
    { policy_type: 'size', max_age_days: 1 },
  ])('with nothing to keep to, nothing goes: %j', async (policy) => {
    addFour();
    config = { ...config, ...policy };
    expect(await clean()).toBeUndefined();
    expect(lab.onDisk()).toHaveLength(4);
  });

  test('who may see one camera only deletes what is of it, of all that the policy lets go', async () => {
    addFour();
    config = { ...config, max_size_gb: 0.002 };
    expect(await clean(true, ['camera1'])).toMatchObject({ filenames: ['3.jpg'], count: 1, bytes: 1e6 });
    expect(await clean(false, ['camera1'])).toMatchObject({ filenames: ['3.jpg'], count: 1 });
    expect(lab.names().sort()).toEqual(['1.jpg', '2.mp4', '4.mp4']);
  });

  test('over many pages, protected ones stay and all others go; a hundred names are told', async () => {
    for (let n = 0; n < 1_300; n++) {
      const name = String(n).padStart(4, '0');
      // Many of one time, so that a page ends among equals.
      const time = now - 10 * day + Math.floor(n / 300);
      if (n % 3 === 0) lab.addSnapshot(`${name}.jpg`, { createdAt: time, size: 1 });
      else lab.addRecording(`${name}.mp4`, { endAt: time, size: 1, isProtected: n % 100 === 50 });
    }
    lab.addRecording('young.mp4', { endAt: now });
    config = { ...config, max_age_days: 9 };
    const protectedNames = lab.files.recordingStore.all().filter((row) => row.protected === 1);
    expect(protectedNames.length).toBeGreaterThan(5);
    const gone = 1_300 - protectedNames.length;
    const dry = await clean(true);
    const real = await clean();
    expect(dry).toEqual(real);
    expect(real).toMatchObject({ count: gone, bytes: gone, failed: 0 });
    expect(real!.filenames).toHaveLength(100);
    expect(lab.names().sort()).toEqual(
      [...protectedNames.map(({ filename }) => filename), 'young.mp4'].sort(),
    );
  });

  test('two calls at once share a run, and a different one waits for it', async () => {
    addFour();
    config = { ...config, max_age_days: 2 };
    const [first, second, dry] = await Promise.all([clean(), clean(), clean(true)]);
    expect(first).toMatchObject({ count: 2 });
    expect(second).toBe(first);
    expect(dry).toMatchObject({ count: 0 });
    expect(lab.gone).toHaveLength(2);
  });

  test('a stop ends a run after its step, and what was deleted is told', async () => {
    for (let n = 0; n < 200; n++) lab.addRecording(`${n}.mp4`, { endAt: now - 10 * day, size: 1 });
    config = { ...config, max_age_days: 9 };
    let stopped: Promise<void> | undefined;
    lab.events.onEvent(() => void (stopped ??= cleaner.stop()));
    const { count } = (await clean())!;
    await stopped;
    expect(count).toBe(lab.gone.length);
    expect(count).toBeLessThan(200);
    expect(lab.names()).toHaveLength(200 - count);
    expect(lab.onDisk()).toHaveLength(200 - count);
  });

  test('where files should go and none can be deleted, that is an error', async () => {
    addFour();
    lab.addRecording('5.mp4', { endAt: now - 5 * day, device: 'camera7' });
    config = { ...config, max_age_days: 4 };
    await rm(lab.path('recordings/camera7'), { recursive: true });
    await expect(clean()).rejects.toMatchObject({ errorName: 'dependency_failed' });
    config = { ...config, max_age_days: 3 };
    expect(await clean()).toMatchObject({ count: 1, failed: 1, filenames: ['4.mp4'] });
  });
});

describe('by itself', () => {
  test('at the start, and when a recording was closed', async () => {
    addFour();
    config = { enabled: true, policy_type: 'age', max_age_days: 2 };
    cleaner.start();
    await until(() => lab.gone.length === 2);
    lab.addRecording('9.mp4', { endAt: now - 9 * day });
    lab.events.append('recording.stop', { filename: '9.mp4' }, 'camera0');
    await until(() => lab.gone.length === 3);
    expect(lab.names().sort()).toEqual(['1.jpg', '2.mp4']);
  });

  test.each<[string, RetentionConfig]>([
    ['not enabled', { enabled: false, policy_type: 'age', max_age_days: 2 }],
    ['manual', { enabled: true, policy_type: 'manual', max_age_days: 2 }],
    ['without its limit', { enabled: true, policy_type: 'age' }],
  ])('a policy that is %s lets nothing go', async (_what, policy) => {
    addFour();
    config = policy;
    let asked = 0;
    const watched = new RetentionCleaner({
      store: lab.store,
      files: { deleteAll: (files, reason) => lab.kept.deleteAll(files, reason) },
      config: () => {
        asked++;
        return config;
      },
      events: lab.events,
      now: () => now,
      log,
    });
    watched.start();
    await until(() => asked > 0);
    await watched.stop();
    expect(lab.onDisk()).toHaveLength(4);
  });
});

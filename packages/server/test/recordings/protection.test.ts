import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { until } from '@mediamtx-camera-service/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RecordingCloser } from '../../src/recordings/closer.ts';
import { log } from '../cameras/harness.ts';
import { otherPort, usbCamera } from '../cameras/samples.ts';
import { RetentionLab } from '../retention/retention-lab.ts';

let lab: RetentionLab;
beforeEach(async () => {
  lab = await RetentionLab.create();
  for (const name of ['a.mp4', 'b.mp4']) lab.addRecording(name);
});
afterEach(async () => lab[Symbol.asyncDispose]());

const session = {
  ...{ session_id: 's', device: 'camera0', filename: 'running.mkv', format: 'mkv' as const },
  ...{ duration: null, started_at: 1_000, state: 'recording' as const },
};
const set = (filename: string, isProtected: boolean) => lab.files.protection.set(filename, isProtected);
const markOf = (filename: string) => lab.path(`recordings/camera0/${filename}.protected`);
const isProtected = (filename: string) => lab.files.recordingStore.find(filename)?.protected === 1;
const told = () =>
  lab.events
    .read(0, 100)
    .filter(({ topic }) => topic === 'recording.updated')
    .map(({ data }) => data);
const refusal = { errorName: 'invalid_state', data: { state: 'protected' } };

/** Closes the session, as where a power cut has left the closed file and not its row. */
function close({ ffmpeg }: { ffmpeg?: () => string } = {}) {
  lab.files.write('recordings/camera0/running.mkv');
  const { recordingStore: store, closer } = lab.files;
  if (!ffmpeg) return closer.close(session);
  const recordingsDir = lab.path('recordings');
  return new RecordingCloser({ store, recordingsDir, ffmpeg, now: Date.now, log }).close(session);
}

/** As after a kill, with a new database: the files are all there is. */
async function loseDatabase(): Promise<void> {
  lab.lab.db.exec('DELETE FROM recordings; DELETE FROM recording_sessions');
  await lab.killAndStart();
}

describe('a closed recording', () => {
  test('stays while it is protected, and goes afterwards', async () => {
    await set('a.mp4', true);
    const file = { kind: 'recordings' as const, filename: 'a.mp4' };
    await expect(lab.kept.delete(file)).rejects.toMatchObject(refusal);
    expect((await lab.kept.deleteAll([file], 'retention')).deleted).toEqual([]);
    expect(lab.store.oldest(undefined, 10).map((kept) => [kept.filename, kept.isProtected])).toEqual([
      ['a.mp4', true],
      ['b.mp4', false],
    ]);
    await set('a.mp4', false);
    await lab.kept.delete(file);
    expect(lab.onDisk()).toEqual(['b.mp4']);
  });

  test('a change is told once, and the same again is told to nobody', async () => {
    for (const wanted of [false, true, true, false, false]) await set('a.mp4', wanted);
    expect(told()).toEqual([
      { device: 'camera0', filename: 'a.mp4', protected: true },
      { device: 'camera0', filename: 'a.mp4', protected: false },
    ]);
  });

  test('protected and deleted at once: it is one or the other', async () => {
    const ends = await Promise.allSettled([
      set('a.mp4', true),
      lab.kept.delete({ kind: 'recordings', filename: 'a.mp4' }),
      lab.kept.delete({ kind: 'recordings', filename: 'b.mp4' }),
      set('b.mp4', true),
    ]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    for (const [name, protection] of [
      ['a.mp4', ends[0]],
      ['b.mp4', ends[3]],
    ] as const) {
      const isTold = protection.status === 'fulfilled';
      expect([existsSync(lab.path(`recordings/camera0/${name}`)), existsSync(markOf(name))]).toEqual([
        isTold,
        isTold,
      ]);
    }
  });

  test('one that is not there is not found, and neither is one whose disk is away; no mark is made of either', async () => {
    await expect(set('none.mp4', true)).rejects.toMatchObject({ errorName: 'not_found' });
    renameSync(lab.path('recordings/camera0'), lab.path('elsewhere'));
    await expect(set('a.mp4', true)).rejects.toMatchObject({
      errorName: 'not_found',
      data: { resource: 'recording', id: 'a.mp4' },
    });
    expect(existsSync(lab.path('recordings/camera0'))).toBe(false);
    renameSync(lab.path('elsewhere'), lab.path('recordings/camera0'));
    await set('a.mp4', true);
    expect(isProtected('a.mp4')).toBe(true);
  });

  test('what can not be marked is not said to be protected', async () => {
    mkdirSync(markOf('a.mp4'));
    await expect(set('a.mp4', true)).rejects.toMatchObject({
      errorName: 'dependency_failed',
      data: { reason: 'not_changed', dependency: 'storage' },
    });
    expect([isProtected('a.mp4'), told()]).toEqual([false, []]);
  });
});

describe('killed', () => {
  test('between mark and row, it is protected at the next start', async () => {
    lab.files.write('recordings/camera0/a.mp4.protected', { content: '' });
    await lab.killAndStart();
    expect([isProtected('a.mp4'), isProtected('b.mp4')]).toEqual([true, false]);
    await expect(lab.kept.delete({ kind: 'recordings', filename: 'a.mp4' })).rejects.toMatchObject(refusal);
  });

  test('between the end of the mark and the row, it is protected still, by both', async () => {
    await set('a.mp4', true);
    rmSync(markOf('a.mp4'));
    await lab.killAndStart();
    expect([isProtected('a.mp4'), existsSync(markOf('a.mp4'))]).toEqual([true, true]);
  });

  test('after the reply, it is as was told', async () => {
    await set('a.mp4', true);
    await set('b.mp4', true);
    await set('b.mp4', false);
    await lab.killAndStart();
    expect([isProtected('a.mp4'), isProtected('b.mp4')]).toEqual([true, false]);
  });

  test('with the database lost, what was protected is so, and nothing else', async () => {
    await set('a.mp4', true);
    await loseDatabase();
    expect(lab.names()).toEqual(['a.mp4', 'b.mp4']);
    expect([isProtected('a.mp4'), isProtected('b.mp4')]).toEqual([true, false]);
  });

  test('with an older database restored, what was protected since then is so', async () => {
    await set('a.mp4', true);
    lab.lab.db.exec('UPDATE recordings SET protected = 0');
    await lab.killAndStart();
    expect(isProtected('a.mp4')).toBe(true);
  });

  test('a mark whose recording was removed by hand goes', async () => {
    await set('a.mp4', true);
    rmSync(lab.path('recordings/camera0/a.mp4'));
    await lab.killAndStart();
    expect(lab.onDisk()).toEqual(['b.mp4']);
  });

  test('while it runs: the protection is kept for its closing', async () => {
    lab.files.recordingStore.addSession(session);
    await set('running.mkv', true);
    await lab.killAndStart();
    expect(lab.files.protection.isMarked(session)).toBe(true);
  });

  test('while it runs, and with the database lost: what its segments become has its name and stays', async () => {
    lab.files.recordingStore.addSession(session);
    await set('running.mkv', true);
    lab.files.write('recordings/camera0/segments/1700000000-000000.mp4');
    await loseDatabase();
    const [recovered] = lab.files.recordingStore.sessions();
    expect(recovered).toMatchObject({ filename: 'running.mkv', format: 'mkv', state: 'closing' });
    expect(lab.files.protection.isMarked(recovered!)).toBe(true);
  });
});

describe('a recording that runs', () => {
  beforeEach(() => lab.files.recordingStore.addSession(session));

  test.each([
    [[true], true],
    [[true, false], false],
  ])('set to %j, it is closed as protected: %s', async (changes, expected) => {
    for (const wanted of changes) await set('running.mkv', wanted);
    expect((await close())?.protected).toBe(expected ? 1 : 0);
    expect([isProtected('running.mkv'), existsSync(markOf('running.mkv'))]).toEqual([expected, expected]);
    expect(told()).toEqual(
      changes.map((wanted) => ({ device: 'camera0', filename: 'running.mkv', protected: wanted })),
    );
  });

  test.each([true, false])('set to %s while it is being closed, it is so afterwards', async (wanted) => {
    if (!wanted) await set('running.mkv', true);
    await Promise.all([close(), set('running.mkv', wanted)]);
    expect([isProtected('running.mkv'), existsSync(markOf('running.mkv'))]).toEqual([wanted, wanted]);
  });

  test.each([true, false])('set to %s while ffmpeg makes its file, it is so afterwards', async (wanted) => {
    if (!wanted) await set('running.mkv', true);
    const [begun, goOn] = [lab.path('begun'), lab.path('go-on')];
    const script = `#!/bin/sh\n: > ${begun}\nwhile [ ! -e ${goOn} ]; do sleep 0.02; done\n`;
    writeFileSync(lab.path('ffmpeg'), script, { mode: 0o755 });
    const closing = close({ ffmpeg: () => lab.path('ffmpeg') });
    await until(() => existsSync(begun));
    await set('running.mkv', wanted);
    writeFileSync(goOn, '');
    await closing;
    expect([isProtected('running.mkv'), existsSync(markOf('running.mkv'))]).toEqual([wanted, wanted]);
  });

  test('one without a frame leaves no mark', async () => {
    await set('running.mkv', true);
    expect(await lab.files.closer.close(session)).toBeUndefined();
    expect(existsSync(markOf('running.mkv'))).toBe(false);
    await expect(set('running.mkv', true)).rejects.toMatchObject({ errorName: 'not_found' });
  });
});

test('of a camera that is merged: its recordings stay protected in the other directory, also without the database', async () => {
  const { registry, merger } = lab.files;
  registry.reconcile('usb', [usbCamera(), usbCamera(otherPort, { node: '/dev/video2' })]);
  await set('a.mp4', true);
  registry.reconcile('usb', [usbCamera(otherPort, { node: '/dev/video2' })]);
  await merger.merge(registry.get('camera1'), registry.get('camera0'));
  await expect(lab.kept.delete({ kind: 'recordings', filename: 'a.mp4' })).rejects.toMatchObject(refusal);
  await loseDatabase();
  expect([isProtected('a.mp4'), isProtected('b.mp4')]).toEqual([true, false]);
  expect(existsSync(lab.path('recordings/camera1/a.mp4.protected'))).toBe(true);
});

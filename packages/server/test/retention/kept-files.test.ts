import { mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { otherPort, usbCamera } from '../cameras/samples.ts';
import { RetentionLab } from './retention-lab.ts';

let lab: RetentionLab;
beforeEach(async () => {
  lab = await RetentionLab.create();
  for (const name of ['a.mp4', 'b.mp4']) lab.addRecording(name);
  lab.addSnapshot('a.jpg');
});
afterEach(async () => lab[Symbol.asyncDispose]());

const recording = (filename: string) => ({ kind: 'recordings' as const, filename });
const snapshot = (filename: string) => ({ kind: 'snapshots' as const, filename });

describe('delete', () => {
  test('file and row go, and the event log tells it', async () => {
    expect(await lab.kept.delete(recording('a.mp4'))).toMatchObject({ device: 'camera0', size: 100 });
    await lab.kept.delete(snapshot('a.jpg'));
    expect(lab.names()).toEqual(['b.mp4']);
    expect(lab.onDisk()).toEqual(['b.mp4']);
    expect(lab.gone).toEqual([
      { topic: 'recording.deleted', filename: 'a.mp4', reason: 'request' },
      { topic: 'snapshot.deleted', filename: 'a.jpg', reason: 'request' },
    ]);
    expect(lab.events.read(0, 10).map(({ device }) => device)).toEqual(['camera0', 'camera0']);
  });

  test('what was deleted does not come back after a kill', async () => {
    await lab.kept.delete(recording('a.mp4'));
    await lab.kept.delete(snapshot('a.jpg'));
    await lab.killAndStart();
    expect(lab.names()).toEqual(['b.mp4']);
    expect(lab.onDisk()).toEqual(['b.mp4']);
  });

  test('killed between a file and its row, the next start takes the row out', async () => {
    rmSync(lab.path('recordings/camera0/a.mp4'));
    rmSync(lab.path('snapshots/camera0/a.jpg'));
    await lab.killAndStart();
    expect(lab.names()).toEqual(['b.mp4']);
    expect(lab.onDisk()).toEqual(['b.mp4']);
  });

  test('a row whose file is gone already is deleted all the same', async () => {
    rmSync(lab.path('recordings/camera0/a.mp4'));
    await lab.kept.delete(recording('a.mp4'));
    expect(lab.names()).toEqual(['a.jpg', 'b.mp4']);
  });

  test('whoever reads the file reads it to its end', async () => {
    const reader = openSync(lab.path('recordings/camera0/a.mp4'), 'r');
    await lab.kept.delete(recording('a.mp4'));
    expect(readFileSync(reader, 'utf8')).toBe('x'.repeat(100));
  });

  test('two at once: one deletes, the other finds nothing', async () => {
    const ends = await Promise.allSettled([1, 2].map(() => lab.kept.delete(recording('a.mp4'))));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(ends[1]).toMatchObject({ reason: { errorName: 'not_found', data: { id: 'a.mp4' } } });
    expect(lab.gone).toHaveLength(1);
  });

  test('a name of the other kind is not found', async () => {
    await expect(lab.kept.delete(snapshot('a.mp4'))).rejects.toMatchObject({ errorName: 'not_found' });
    expect(lab.onDisk()).toEqual(['a.jpg', 'a.mp4', 'b.mp4']);
  });

  test('a protected recording stays', async () => {
    lab.addRecording('kept.mp4', { isProtected: true });
    await expect(lab.kept.delete(recording('kept.mp4'))).rejects.toMatchObject({
      errorName: 'invalid_state',
      data: { state: 'protected' },
    });
    expect(lab.onDisk()).toContain('kept.mp4');
  });

  test('one whose closing is not at its end stays, since its segments could bring it back', async () => {
    const session = { session_id: 'of-a.mp4', device: 'camera0', filename: 'a.mp4', format: 'mp4' as const };
    // In the catalog, and its last step failed: the session is still to be closed.
    lab.files.recordingStore.addSession({ ...session, duration: null, started_at: 0, state: 'closing' });
    lab.files.recordings.start();
    await expect(lab.kept.delete(recording('a.mp4'))).rejects.toMatchObject({
      errorName: 'invalid_state',
      data: { state: 'closing', session_id: 'of-a.mp4' },
    });
    await lab.files.recordings.stop();
  });

  test('a file that can not be removed keeps its row, and the others go', async () => {
    const path = lab.path('recordings/camera0/a.mp4');
    rmSync(path);
    // What unlink refuses, whoever asks.
    mkdirSync(path);
    const { deleted, failures } = await lab.kept.deleteAll(
      [recording('a.mp4'), recording('b.mp4'), recording('never.mp4'), snapshot('a.jpg')],
      'retention',
    );
    expect(deleted.map(({ filename }) => filename)).toEqual(['b.mp4', 'a.jpg']);
    expect(failures).toMatchObject([{ file: { filename: 'a.mp4' }, error: { name: 'AppError' } }]);
    expect(lab.names()).toEqual(['a.mp4']);
    expect(lab.gone.map(({ reason }) => reason)).toEqual(['retention', 'retention']);
  });

  test('where the whole directory is away, as with a disk that is not mounted, nothing is said to be deleted', async () => {
    renameSync(lab.path('recordings/camera0'), lab.path('elsewhere'));
    await expect(lab.kept.delete(recording('a.mp4'))).rejects.toMatchObject({
      errorName: 'dependency_failed',
      data: { dependency: 'storage' },
    });
    expect(lab.names()).toContain('a.mp4');
  });

  test('a file that a merge had not moved yet goes too, and does not come back', async () => {
    lab.files.registry.reconcile('usb', [usbCamera(), usbCamera(otherPort, { node: '/dev/video2' })]);
    lab.addRecording('moved.mp4', { device: 'camera1' });
    const [one, other] = lab.lab.store.list();
    // Cut off after its first step: the rows are the one camera's, the files lie with the other.
    lab.files.mergeStore.begin(one!, other!);
    expect(lab.files.recordingStore.find('moved.mp4')).toMatchObject({ device: 'camera0' });
    await lab.kept.delete(recording('moved.mp4'));
    await lab.killAndStart();
    expect(lab.names()).not.toContain('moved.mp4');
    expect(lab.onDisk()).not.toContain('moved.mp4');
  });
});

describe('locate', () => {
  test('tells where a file is', async () => {
    expect(await lab.kept.locate(recording('a.mp4'))).toBe(lab.path('recordings/camera0/a.mp4'));
    expect(await lab.kept.locate(recording('never.mp4'))).toBeUndefined();
    expect(lab.gone).toEqual([]);
  });

  test('a file that was removed by hand leaves the catalog, and that is told', async () => {
    rmSync(lab.path('recordings/camera0/a.mp4'));
    rmSync(lab.path('snapshots/camera0/a.jpg'));
    expect(await lab.kept.locate(recording('a.mp4'))).toBeUndefined();
    expect(await lab.kept.locate(snapshot('a.jpg'))).toBeUndefined();
    expect(lab.names()).toEqual(['b.mp4']);
    expect(lab.gone).toEqual([
      { topic: 'recording.deleted', filename: 'a.mp4', reason: 'missing' },
      { topic: 'snapshot.deleted', filename: 'a.jpg', reason: 'missing' },
    ]);
  });

  test('where the whole directory is away its rows stay: the disk may come back', async () => {
    renameSync(lab.path('recordings/camera0'), lab.path('elsewhere'));
    expect(await lab.kept.locate(recording('a.mp4'))).toBeUndefined();
    renameSync(lab.path('elsewhere'), lab.path('recordings/camera0'));
    expect(await lab.kept.locate(recording('a.mp4'))).toBe(lab.path('recordings/camera0/a.mp4'));
  });

  test('a file that a merge had not moved yet is found where it then is', async () => {
    lab.files.registry.reconcile('usb', [usbCamera(), usbCamera(otherPort, { node: '/dev/video2' })]);
    lab.addRecording('moved.mp4', { device: 'camera1' });
    const [one, other] = lab.lab.store.list();
    lab.files.mergeStore.begin(one!, other!);
    expect(await lab.kept.locate(recording('moved.mp4'))).toBe(lab.path('recordings/camera0/moved.mp4'));
    expect(lab.gone).toEqual([]);
  });
});

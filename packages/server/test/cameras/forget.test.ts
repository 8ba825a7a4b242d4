import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FilesLab } from './files-lab.ts';
import { CameraLab } from './harness.ts';
import { otherPort, usbCamera } from './samples.ts';

let lab: CameraLab;
let files: FilesLab;
beforeEach(async () => {
  lab = await CameraLab.create();
  files = new FilesLab(lab);
  files.registry.reconcile('usb', [usbCamera(), usbCamera(otherPort, { node: '/dev/video2' })]);
  for (const device of ['camera0', 'camera1']) {
    files.addRecording(device, `${device}.mp4`);
    files.addSnapshot(device, `${device}.jpg`);
    files.write(`recordings/${device}/broken/1-000001.mp4`);
    files.write(`stills/${device}.jpg`);
  }
});
afterEach(async () => lab[Symbol.asyncDispose]());

const gone = () => files.registry.reconcile('usb', [usbCamera(otherPort, { node: '/dev/video2' })]);
const forget = (deleteFiles = false) =>
  files.forgetter.forget(files.registry.get('camera0'), { deleteFiles });

test('a camera that is gone is forgotten, its files stay, and its number is not given again', async () => {
  gone();
  expect(await forget()).toEqual({ filesDeleted: 0 });
  expect(files.registry.list().map(({ device }) => device)).toEqual(['camera1']);
  expect(lab.store.list().map(({ number }) => number)).toEqual([1]);
  expect(files).toMatchObject({ removedPaths: ['camera0'], forgotten: ['camera0'] });
  expect(Object.keys(files.files())).not.toContain('stills/camera0.jpg');
  await files.check();
  expect(files.rows()).toEqual([
    'camera0 camera0.jpg',
    'camera0 camera0.mp4',
    'camera1 camera1.jpg',
    'camera1 camera1.mp4',
  ]);
  files.registry.reconcile('usb', [usbCamera(), usbCamera(otherPort, { node: '/dev/video2' })]);
  files.registry.settle();
  expect(files.registry.list().map(({ device }) => device)).toEqual(['camera1', 'camera2']);
});

test('its files go where that is asked for, but a protected recording and those of others stay', async () => {
  files.addRecording('camera0', 'kept.mp4', { isProtected: true });
  gone();
  expect(await forget(true)).toEqual({ filesDeleted: 2 });
  const left = ['camera0 kept.mp4', 'camera1 camera1.jpg', 'camera1 camera1.mp4'];
  expect(files.rows()).toEqual(left);
  await files.check();
  expect(files.rows()).toEqual(left);
  expect(Object.keys(files.files()).filter((path) => path.includes('camera0'))).toEqual([
    'recordings/camera0/kept.mp4',
    'recordings/camera0/kept.mp4.protected',
  ]);
});

test('every file that goes with its camera is told, each once, and what stays is not', async () => {
  const names = Array.from({ length: 30 }, (_, n) => `more-${n + 10}`);
  for (const name of names) files.addSnapshot('camera0', `${name}.jpg`);
  files.addRecording('camera0', 'kept.mp4', { isProtected: true });
  gone();
  const first = files.events.seq + 1;
  expect(await forget(true)).toEqual({ filesDeleted: 32 });
  const told = files.events.read(first - 1, 100);
  expect(told.map(({ topic, device, data }) => [topic, device, data['filename'], data['reason']])).toEqual([
    ['recording.deleted', 'camera0', 'camera0.mp4', 'forgotten'],
    ...['camera0', ...names].map((name) => ['snapshot.deleted', 'camera0', `${name}.jpg`, 'forgotten']),
  ]);
});

test('a file that can not be deleted keeps its camera, and what had gone was told', async () => {
  rmSync(lab.dir.join('snapshots/camera0/camera0.jpg'));
  files.write('snapshots/camera0/camera0.jpg/in-the-way');
  gone();
  await expect(forget(true)).rejects.toMatchObject({
    errorName: 'dependency_failed',
    data: { reason: 'not_deleted' },
  });
  expect(files.registry.find('camera0')).toBeDefined();
  expect(files.rows().filter((row) => row.startsWith('camera0'))).toEqual(['camera0 camera0.jpg']);
  expect(files.events.read(0, 100).map(({ data }) => data['filename'])).toEqual(['camera0.mp4']);
});

test('one whose files are all gone leaves no directory', async () => {
  gone();
  await forget(true);
  expect(Object.keys(files.files()).filter((path) => path.includes('camera0'))).toEqual([]);
  await files.check();
  expect(files.rows()).toEqual(['camera1 camera1.jpg', 'camera1 camera1.mp4']);
});

test('one that is plugged in is not forgotten, and neither is a disabled one', async () => {
  const camera = files.registry.get('camera0');
  await expect(forget(true)).rejects.toMatchObject({
    errorName: 'invalid_state',
    data: { reason: 'camera_present', state: 'CONNECTED', allowed_states: ['DISCONNECTED'] },
  });
  camera.configure({ ...camera.row, settings: { ...camera.row.settings, enabled: false } });
  await expect(forget()).rejects.toMatchObject({ data: { reason: 'camera_present', state: 'disabled' } });
  expect(files.rows()).toHaveLength(4);
});

test.each(['recording', 'closing'] as const)(
  'one whose recording is in state %s is not forgotten',
  async (state) => {
    gone();
    const session = { session_id: 's', device: 'camera0', filename: 'x.mkv', format: 'mkv' as const };
    files.recordingStore.addSession({ ...session, duration: null, started_at: 0, state });
    files.recordings.start();
    await expect(forget(true)).rejects.toMatchObject({ errorName: 'invalid_state', data: { state } });
    expect(files.rows()).toHaveLength(4);
    await files.recordings.stop();
  },
);

test('a MediaMTX that is away keeps nobody from forgetting', async () => {
  gone();
  files.isMediaDown = true;
  expect(await forget()).toEqual({ filesDeleted: 0 });
  expect(files.registry.find('camera0')).toBeUndefined();
});

test('killed between a file and its row, the next start agrees with what is there', async () => {
  gone();
  rmSync(lab.dir.join('recordings/camera0/camera0.mp4'));
  rmSync(lab.dir.join('snapshots/camera0/camera0.jpg'));
  lab.reopen();
  files = new FilesLab(lab);
  await files.check();
  expect(files.rows()).toEqual(['camera1 camera1.jpg', 'camera1 camera1.mp4']);
  expect(files.registry.find('camera0')).toBeDefined();
});

test('two that forget at once: one does, the other finds nothing', async () => {
  gone();
  const camera = files.registry.get('camera0');
  const forgets = [1, 2].map(() => files.forgetter.forget(camera, { deleteFiles: true }));
  const ends = await Promise.allSettled(forgets);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(ends[1]).toMatchObject({ reason: { errorName: 'not_found' } });
});

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultSettings, type CameraRow } from '../../src/store/cameras.ts';
import { FilesLab } from './files-lab.ts';
import { CameraLab } from './harness.ts';
import { otherPort, thirdPort, usbCamera } from './samples.ts';

let lab: CameraLab;
beforeEach(async () => {
  lab = await CameraLab.create();
});
afterEach(async () => lab[Symbol.asyncDispose]());

const first = usbCamera({}, { node: '/dev/video0' });
const moved = usbCamera(otherPort, { node: '/dev/video5' });

/** camera0 has gone, camera1 is there, and both have files of every sort. */
function createPair(): FilesLab {
  const files = new FilesLab(lab);
  const { registry } = files;
  registry.reconcile('usb', [first]);
  registry.reconcile('usb', [first, moved]);
  registry.settle();
  registry.reconcile('usb', [moved]);
  for (const device of ['camera0', 'camera1']) {
    files.addRecording(device, `${device}_a.mp4`);
    files.addRecording(device, `${device}_b.mp4`);
    files.addSnapshot(device, `${device}_a.jpg`);
    files.write(`recordings/${device}/broken/100-000001.mp4`);
  }
  files.write('recordings/camera1/segments/200-000001.mp4');
  files.write('recordings/camera1/closing-of-camera1_a/100-000001.mp4');
  files.write('stills/camera0.jpg', { modifiedAt: 1_000 });
  files.write('stills/camera1.jpg', { modifiedAt: 2_000 });
  return files;
}

const camerasOf = ({ registry }: FilesLab) => {
  const [camera, other] = [registry.get('camera0'), registry.get('camera1')];
  return [camera, other] as const;
};

function change(files: FilesLab, device: string, fields: Partial<CameraRow>): void {
  const camera = files.registry.get(device);
  const row = { ...camera.row, ...fields };
  lab.store.update(row);
  camera.configure(row);
}

const mergedRows = ['a.jpg', 'a.mp4', 'b.mp4']
  .flatMap((name) => [`camera0 camera0_${name}`, `camera0 camera1_${name}`])
  .sort();

// The leftover of a close that had come through goes at the next start.
const mergedFiles = {
  'recordings/camera0/broken/100-000001.mp4': 'recordings/camera0/broken/100-000001.mp4',
  'recordings/camera0/broken/200-000001.mp4': 'recordings/camera1/segments/200-000001.mp4',
  'recordings/camera0/broken/broken-100-000001.mp4': 'recordings/camera1/broken/100-000001.mp4',
  'recordings/camera0/camera0_a.mp4': 'recordings/camera0/camera0_a.mp4',
  'recordings/camera0/camera0_b.mp4': 'recordings/camera0/camera0_b.mp4',
  'recordings/camera0/camera1_a.mp4': 'recordings/camera1/camera1_a.mp4',
  'recordings/camera0/camera1_b.mp4': 'recordings/camera1/camera1_b.mp4',
  'snapshots/camera0/camera0_a.jpg': 'snapshots/camera0/camera0_a.jpg',
  'snapshots/camera0/camera1_a.jpg': 'snapshots/camera1/camera1_a.jpg',
  'stills/camera0.jpg': 'stills/camera1.jpg',
};

test('the node of the other one joins the one, at once, with all its files', async () => {
  const files = createPair();
  change(files, 'camera0', {
    recognition: { matchedBy: [], score: null, notice: 'x', candidates: ['camera1'] },
  });
  const [camera, other] = camerasOf(files);
  await files.merger.merge(camera, other);
  expect(files.registry.list()).toEqual([camera]);
  expect(camera).toMatchObject({
    status: 'CONNECTED',
    row: {
      number: 0,
      node: '/dev/video5',
      identity: otherPort,
      recognition: { notice: null, candidates: [] },
    },
  });
  expect(lab.store.list()).toEqual([camera.row]);
  expect(files).toMatchObject({ removedPaths: ['camera1'], forgotten: ['camera1'] });
  expect(files.rows()).toEqual(mergedRows);
  expect(files.mergeStore.pending()).toEqual([]);
  await files.check();
  expect(files.files()).toEqual(mergedFiles);
  expect(files.rows()).toEqual(mergedRows);
  // It is known by its new port, and the number of the other one is not given again.
  const later = lab.createRegistry();
  later.reconcile('usb', [moved, usbCamera(thirdPort, { node: '/dev/video7' })]);
  later.settle();
  expect(later.list().map(({ device, row }) => [device, row.node])).toEqual([
    ['camera0', '/dev/video5'],
    ['camera2', '/dev/video7'],
  ]);
});

test('what a person set of the one stays, and the other one fills the rest', async () => {
  const files = createPair();
  const recording = defaultSettings.recording;
  change(files, 'camera0', {
    settings: { ...defaultSettings, name: 'Door', enabled: false, recording: { ...recording, duration: 10 } },
    controls: { brightness: 1 },
  });
  change(files, 'camera1', {
    settings: {
      ...defaultSettings,
      name: 'New',
      fps: 15,
      recording: { ...recording, duration: 20, format: 'mkv' },
    },
    controls: { brightness: 2, contrast: 3 },
  });
  const [camera, other] = camerasOf(files);
  await files.merger.merge(camera, other);
  expect(camera.row).toMatchObject({
    settings: { name: 'Door', enabled: false, fps: 15, recording: { duration: 10, format: 'mkv' } },
    controls: { brightness: 1, contrast: 3 },
  });
});

test('the one that is there keeps its device', async () => {
  const files = createPair();
  const [gone, present] = camerasOf(files);
  await files.merger.merge(present, gone);
  expect(files.registry.list()).toEqual([present]);
  expect(present).toMatchObject({ status: 'CONNECTED', row: { number: 1, node: '/dev/video5' } });
  expect(files.rows().every((row) => row.startsWith('camera1 '))).toBe(true);
});

test('a MediaMTX that is away keeps nobody from merging', async () => {
  const files = createPair();
  files.isMediaDown = true;
  await files.merger.merge(...camerasOf(files));
  expect(files.registry.find('camera1')).toBeUndefined();
});

describe('is refused, and changes nothing:', () => {
  const refusals: [what: string, prepare: (files: FilesLab) => void, state: string][] = [
    ['two that are both there', ({ registry }) => registry.reconcile('usb', [first, moved]), 'CONNECTED'],
    [
      'one whose recording is still to be closed',
      (files) => {
        const session = { session_id: 's', device: 'camera1', filename: 'x.mkv', format: 'mkv' as const };
        files.recordingStore.addSession({ ...session, duration: null, started_at: 0, state: 'closing' });
        files.recordings.start();
      },
      'closing',
    ],
    [
      'one that is recorded',
      (files) => {
        const session = { session_id: 's', device: 'camera0', filename: 'x.mkv', format: 'mkv' as const };
        files.recordingStore.addSession({ ...session, duration: null, started_at: 0, state: 'recording' });
        files.recordings.start();
      },
      'recording',
    ],
  ];
  test.each(refusals)('%s', async (_what, prepare, state) => {
    const files = createPair();
    prepare(files);
    const before = { rows: files.rows(), cameras: lab.store.list() };
    await expect(files.merger.merge(...camerasOf(files))).rejects.toMatchObject({
      errorName: 'invalid_state',
      data: { state },
    });
    expect({ rows: files.rows(), cameras: lab.store.list() }).toEqual(before);
    await files.recordings.stop();
  });

  test('one and itself, two of different kinds, and one that is known no more', async () => {
    const files = createPair();
    const [camera, other] = camerasOf(files);
    files.registry.reconcile('test', [usbCamera({}, { kind: 'test', node: null })]);
    const third = files.registry.get('camera2');
    await expect(files.merger.merge(camera, camera)).rejects.toMatchObject({ errorName: 'invalid_params' });
    await expect(files.merger.merge(camera, third)).rejects.toMatchObject({ data: { reason: 'other_kind' } });
    const merges = [files.merger.merge(camera, other), files.merger.merge(camera, other)];
    expect((await Promise.allSettled(merges)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});

test('files that can not be moved are told, and follow later', async () => {
  const files = createPair();
  // A file where the directory belongs: no rename goes through it.
  renameSync(lab.dir.join('snapshots/camera0'), lab.dir.join('aside'));
  writeFileSync(lab.dir.join('snapshots/camera0'), '');
  await expect(files.merger.merge(...camerasOf(files))).rejects.toMatchObject({
    data: { reason: 'files_not_moved', details: expect.stringContaining('camera1') as string },
  });
  expect(files.registry.list().map(({ device, status }) => [device, status])).toEqual([
    ['camera0', 'CONNECTED'],
  ]);
  expect(files.mergeStore.pending()).toHaveLength(1);
  rmSync(lab.dir.join('snapshots/camera0'));
  renameSync(lab.dir.join('aside'), lab.dir.join('snapshots/camera0'));
  await files.check();
  expect(files.mergeStore.pending()).toEqual([]);
  expect(files.rows()).toEqual(mergedRows);
});

test('killed before or after any step, the next start comes to the same end', async () => {
  const seen: string[] = [];
  for (let steps = 0; seen.at(-1) !== 'end'; steps++) {
    const files = createPair();
    const [camera, other] = camerasOf(files);
    const { registry, mergeStore, merger } = files;
    const merge = mergeStore.begin({ ...camera.row, identity: moved.identity, node: moved.node }, other.row);
    const work = merger.steps(merge);
    for (let step = 0; step < steps; step++) seen.push(String((await work.next()).value));
    registry.stop();

    lab.reopen();
    const next = new FilesLab(lab);
    await next.check();
    const what = `killed after step ${steps}: ${seen.at(-1)}`;
    expect(next.files(), what).toEqual(mergedFiles);
    expect(next.rows(), what).toEqual(mergedRows);
    expect(next.mergeStore.pending(), what).toEqual([]);
    expect(next.registry.list().map(({ device }) => device)).toEqual(['camera0']);
    await lab[Symbol.asyncDispose]();
    lab = await CameraLab.create();
  }
  expect(new Set(seen).size).toBeGreaterThan(10);
});

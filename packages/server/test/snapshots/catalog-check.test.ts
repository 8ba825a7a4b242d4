import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FilesLab } from '../cameras/files-lab.ts';
import { CameraLab } from '../cameras/harness.ts';

let lab: CameraLab;
let files: FilesLab;
beforeEach(async () => {
  lab = await CameraLab.create();
  files = new FilesLab(lab);
});
afterEach(async () => lab[Symbol.asyncDispose]());

/** The head of a PNG of 640x360, which tells its size. */
const picture = Buffer.from('89504e470d0a1a0a0000000d494844520000028000000168080600000000000000', 'hex');
function writePicture(path: string): void {
  files.write(path);
  writeFileSync(lab.dir.join(path), picture);
}

test('a lost or older database costs no snapshot: pictures that it does not know come in', async () => {
  writePicture('snapshots/camera0/door.png');
  writePicture('snapshots/camera7/hall.png');
  await files.snapshots.check();
  const rows = files.snapshotStore.all();
  expect(rows.map(({ device, filename }) => `${device}/${filename}`).sort()).toEqual([
    'camera0/door.png',
    'camera7/hall.png',
  ]);
  expect(rows[0]).toMatchObject({ format: 'png', width: 640, height: 360, size: picture.length });
  await files.snapshots.check();
  expect(files.snapshotStore.all()).toHaveLength(2);
});

test('what is no snapshot is left alone and keeps nothing from starting', async () => {
  files.write('snapshots/.DS_Store');
  files.write('snapshots/camera0/notes.txt');
  files.write('snapshots/camera0/torn.png');
  files.write('snapshots/camera0/album/door.jpg');
  writePicture('snapshots/elsewhere/door.png');
  mkdirSync(lab.dir.join('snapshots/lost+found'));
  await files.snapshots.check();
  expect(files.snapshotStore.all()).toEqual([]);
  expect(Object.keys(files.files()).filter((path) => path.startsWith('snapshots/'))).toHaveLength(5);
});

test('a file that was under way when the service was killed goes', async () => {
  files.write('snapshots/camera0/.part-1');
  await files.snapshots.check();
  expect(Object.keys(files.files())).toEqual([]);
});

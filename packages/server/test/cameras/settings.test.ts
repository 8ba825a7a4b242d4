import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CameraSettingsKeeper } from '../../src/cameras/settings.ts';
import { CameraLab } from './harness.ts';
import { usbCamera } from './samples.ts';

let lab: CameraLab;
beforeEach(async () => {
  lab = await CameraLab.create();
});
afterEach(() => lab[Symbol.asyncDispose]());

function createKeeper(): CameraSettingsKeeper {
  return new CameraSettingsKeeper({
    keep: (row) => lab.store.update(row),
    renewPath: async () => undefined,
    log: pino({ level: 'silent' }),
  });
}

test('settings that a full database does not take are refused by name, and not applied', async () => {
  const registry = lab.createRegistry();
  registry.reconcile('usb', [usbCamera()]);
  const camera = registry.get('camera0');
  // The database may not grow any more, as on a full disk.
  lab.db.exec('PRAGMA max_page_count = 1');
  const name = 'x'.repeat(100_000);
  await expect(createKeeper().change(camera, { name })).rejects.toMatchObject({
    errorName: 'insufficient_storage',
  });
  expect(camera.name).toBe('HD Webcam');
});

test('a wanted size forgets which modes have failed; a name does not', async () => {
  const registry = lab.createRegistry();
  registry.reconcile('usb', [usbCamera()]);
  const camera = registry.get('camera0');
  const failed = [{ pixelFormat: 'MJPG', width: 1280, height: 720, fps: 30, reason: 'it starved' }];
  camera.configure({ ...camera.row, learned: { failed, ownRate: 10, isStillNormal: true } });
  await createKeeper().change(camera, { name: 'Door' });
  expect(camera.row.learned.failed).toEqual(failed);
  await createKeeper().change(camera, { resolution: '640x480' });
  expect(camera.row.learned).toEqual({ failed: [], ownRate: null, isStillNormal: true });
});

test('a camera that it is not is no candidate any more', async () => {
  const registry = lab.createRegistry();
  registry.reconcile('usb', [usbCamera()]);
  const camera = registry.get('camera0');
  const recognition = { ...camera.row.recognition, candidates: ['camera3', 'camera4'], notice: 'one of two' };
  camera.configure({ ...camera.row, recognition });
  await createKeeper().change(camera, { differs_from: 'camera3' });
  expect(camera.row.recognition.candidates).toEqual(['camera4']);
  await createKeeper().change(camera, { differs_from: 'camera4' });
  expect(camera.row.recognition).toMatchObject({ candidates: [], notice: null });
});

import { TempDir } from '@mediamtx-camera-service/testkit';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Camera } from '../../src/cameras/camera.ts';
import { captureSourceOf, modeFor } from '../../src/cameras/capture-source.ts';
import { CameraRegistry } from '../../src/cameras/registry.ts';
import { Capture, EncoderChooser } from '../../src/capture/index.ts';
import { CameraStore } from '../../src/store/cameras.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { TapPool } from '../../src/taps/tap-pool.ts';
import { otherPort, usbCamera } from './samples.ts';

const log = pino({ level: 'silent' });
let dir: TempDir;
let db: Database;
let taps: TapPool;
let added: string[];
let now = 1_000;

beforeEach(async () => {
  dir = await TempDir.create();
  db = openDatabase(dir.join('test.db'));
  taps = new TapPool();
});
afterEach(async () => {
  await taps.stop();
  db.close();
  await dir[Symbol.asyncDispose]();
});

/** The registry of a new run on the same database. */
function createRegistry(): CameraRegistry {
  added = [];
  const registry = new CameraRegistry({
    store: new CameraStore(db),
    chooseMode: (candidate) => modeFor(candidate, { width: 1280, height: 720, fps: 30, pixelFormat: 'YUYV' }),
    makeCamera: (row, mode) => new Camera({ ...cameraDeps, row, mode, taps }),
    onAdded: ({ device }) => added.push(device),
    now: () => now,
    log,
  });
  registry.load();
  return registry;
}

// Nobody wants a picture here, so none of these is asked.
const unasked = (): never => {
  throw new Error('no picture is wanted in this test');
};
const cameraDeps = {
  makeCapture: (camera: Camera) =>
    new Capture({
      name: camera.device,
      source: () => captureSourceOf(camera),
      publishUrl: unasked,
      ffmpeg: unasked,
      encoder: new EncoderChooser({ useHardware: false }),
      log,
    }),
  rtspTarget: unasked,
  hasPublisher: async () => false,
  lingerMs: 0,
  isAlwaysOn: false,
  whoHolds: async () => undefined,
  onChange: () => {},
  onLastPicture: () => {},
  log,
};

const stateOf = (registry: CameraRegistry) =>
  registry.list().map(({ device, status, row }) => [device, status, row.node]);

test('a camera keeps its number over nodes, unplugging and restarts', () => {
  let registry = createRegistry();
  registry.reconcile('usb', [usbCamera()]);
  expect(stateOf(registry)).toEqual([['camera0', 'CONNECTED', '/dev/video0']]);

  registry.reconcile('usb', []);
  expect(stateOf(registry)).toEqual([['camera0', 'DISCONNECTED', '/dev/video0']]);
  expect(registry.find('/dev/video0')).toBeUndefined();

  registry.reconcile('usb', [usbCamera({}, { node: '/dev/video2' })]);
  expect(stateOf(registry)).toEqual([['camera0', 'CONNECTED', '/dev/video2']]);
  expect(registry.find('/dev/video2')?.device).toBe('camera0');
  expect(added).toEqual(['camera0']);

  registry = createRegistry();
  expect(stateOf(registry)).toEqual([['camera0', 'PROBING', '/dev/video2']]);
  registry.reconcile('usb', [usbCamera(otherPort, { node: '/dev/video7' })]);
  expect(stateOf(registry)).toEqual([['camera0', 'CONNECTED', '/dev/video7']]);
});

test('two equal cameras are told apart by their ports, also when their nodes are swapped', () => {
  const registry = createRegistry();
  registry.reconcile('usb', [
    usbCamera({}, { node: '/dev/video0' }),
    usbCamera(otherPort, { node: '/dev/video2' }),
  ]);
  registry.reconcile('usb', [
    usbCamera(otherPort, { node: '/dev/video0' }),
    usbCamera({}, { node: '/dev/video2' }),
  ]);
  expect(stateOf(registry)).toEqual([
    ['camera0', 'CONNECTED', '/dev/video2'],
    ['camera1', 'CONNECTED', '/dev/video0'],
  ]);
});

test('another camera in the same port and at the same node gets a number of its own', () => {
  const registry = createRegistry();
  registry.reconcile('usb', [usbCamera()]);
  registry.reconcile('usb', [
    usbCamera({ vendorId: '1111', productId: '2222', card: 'Other' }, { name: 'Other' }),
  ]);
  expect(stateOf(registry)).toEqual([
    ['camera0', 'DISCONNECTED', '/dev/video0'],
    ['camera1', 'CONNECTED', '/dev/video0'],
  ]);
  expect(registry.find('/dev/video0')?.device).toBe('camera1');
});

test('what it can is provisional until a second look agrees, and provisional again where it differs', () => {
  const registry = createRegistry();
  const statuses: string[] = [];
  const look = (candidate = usbCamera()) => {
    registry.reconcile('usb', [candidate]);
    statuses.push(registry.get('camera0').row.capabilityStatus);
  };
  look();
  look();
  look(usbCamera({}, { capabilities: { ...usbCamera().capabilities, formats: ['MJPG'] } }));
  look(
    usbCamera(
      {},
      { capabilities: { formats: [], modes: [] }, problem: { status: 'BUSY', reason: 'device busy' } },
    ),
  );
  expect(statuses).toEqual(['PROVISIONAL', 'CONFIRMED', 'PROVISIONAL', 'PROVISIONAL']);
  expect(registry.get('camera0').row.capabilities.formats).toEqual(['MJPG']);
});

test('a known camera with a problem says it; an unknown one that can not be used is no camera yet', () => {
  const registry = createRegistry();
  const problem = { status: 'ERROR', reason: 'no right to open /dev/video0' } as const;
  registry.reconcile('usb', [usbCamera({}, { problem })]);
  expect(stateOf(registry)).toEqual([]);
  registry.reconcile('usb', [usbCamera()]);
  registry.reconcile('usb', [usbCamera({}, { problem })]);
  expect(registry.get('camera0')).toMatchObject({ status: 'ERROR', statusReason: problem.reason });
});

test('kinds are kept apart: no test camera goes because the USB cameras went', () => {
  const registry = createRegistry();
  registry.reconcile('usb', [usbCamera()]);
  registry.reconcile('test', [usbCamera({ sysPath: 'test-0' }, { kind: 'test', node: null })]);
  registry.reconcile('usb', []);
  expect(stateOf(registry)).toEqual([
    ['camera0', 'DISCONNECTED', '/dev/video0'],
    ['camera1', 'CONNECTED', null],
  ]);
});

test('when it was last seen and that it went are known', () => {
  const registry = createRegistry();
  now = 5_000;
  registry.reconcile('usb', [usbCamera()]);
  now = 6_000;
  registry.reconcile('usb', []);
  expect(registry.get('camera0')).toMatchObject({ goneAt: 6_000, row: { lastSeen: 5_000 } });
  expect(() => registry.get('camera7')).toThrow('not found: camera camera7');
});

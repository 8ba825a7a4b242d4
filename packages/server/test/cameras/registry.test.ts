import { until } from '@mediamtx-camera-service/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CameraRegistry } from '../../src/cameras/registry.ts';
import type { DeviceCandidate } from '../../src/devices/device.ts';
import { CameraLab } from './harness.ts';
import { otherPort, thirdPort, usbCamera } from './samples.ts';

let lab: CameraLab;
beforeEach(async () => {
  lab = await CameraLab.create();
});
afterEach(async () => lab[Symbol.asyncDispose]());

const createRegistry = (): CameraRegistry => lab.createRegistry();

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
  expect(lab.added).toEqual(['camera0']);

  registry = createRegistry();
  expect(stateOf(registry)).toEqual([['camera0', 'PROBING', '/dev/video2']]);
  registry.reconcile('usb', [usbCamera(otherPort, { node: '/dev/video7' })]);
  registry.settle();
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

test('what it can is provisional until its device confirms it, and provisional again where it differs', () => {
  const registry = createRegistry();
  const statuses: string[] = [];
  const look = (candidate = usbCamera()) => {
    registry.reconcile('usb', [candidate]);
    statuses.push(registry.get('camera0').row.capabilityStatus);
  };
  look();
  look(usbCamera({}, { isConfirmed: true }));
  look(usbCamera({}, { capabilities: { ...usbCamera().capabilities, formats: ['MJPG'] } }));
  look(
    usbCamera(
      {},
      {
        capabilities: { formats: [], modes: [] },
        problem: { status: 'BUSY', code: 'busy', reason: 'device busy' },
      },
    ),
  );
  expect(statuses).toEqual(['PROVISIONAL', 'CONFIRMED', 'PROVISIONAL', 'PROVISIONAL']);
  expect(registry.get('camera0').row.capabilities.formats).toEqual(['MJPG']);
});

test('a known camera with a problem says it; an unknown one that can not be used is no camera yet', () => {
  const registry = createRegistry();
  const problem = { status: 'ERROR', code: 'permission', reason: 'no right to open /dev/video0' } as const;
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

test('it was last seen when it went, not when something last changed', () => {
  const registry = createRegistry();
  lab.now = 5_000;
  registry.reconcile('usb', [usbCamera()]);
  lab.now = 6_000;
  registry.reconcile('usb', []);
  expect(registry.get('camera0')).toMatchObject({ isPresent: false, row: { lastSeen: 6_000 } });
  expect(() => registry.get('camera7')).toThrow('not found: camera camera7');
});

describe('of cameras that look the same and have no serial', () => {
  const first = usbCamera({}, { node: '/dev/video0' });
  const second = usbCamera(otherPort, { node: '/dev/video2' });

  test('one in another port is held back until its twin had time to come, and is not told as gone meanwhile', () => {
    createRegistry().reconcile('usb', [first]);
    const registry = createRegistry();
    registry.reconcile('usb', [second]);
    expect(stateOf(registry)).toEqual([['camera0', 'PROBING', '/dev/video0']]);
    expect(registry.isHolding('usb')).toBe(true);
    registry.reconcile('usb', [first, second]);
    expect(stateOf(registry)).toEqual([['camera0', 'CONNECTED', '/dev/video0']]);
    registry.settle();
    expect(registry.isHolding('usb')).toBe(false);
    expect(stateOf(registry)).toEqual([
      ['camera0', 'CONNECTED', '/dev/video0'],
      ['camera1', 'CONNECTED', '/dev/video2'],
    ]);
    expect(registry.get('camera1').row.recognition).toMatchObject({ notice: null, candidates: [] });
  });

  test('what is held back is decided by itself, and that is told', async () => {
    createRegistry().reconcile('usb', [first]);
    const registry = lab.createRegistry({ settleMs: 20, maxWaitMs: 40 });
    let settled = 0;
    registry.onSettled(() => settled++);
    registry.reconcile('usb', [second]);
    await until(() => registry.get('camera0').isPresent);
    expect(registry.get('camera0').row.recognition).toEqual({
      matchedBy: ['usb id', 'name', 'formats', 'interface'],
      score: 45,
      notice: null,
      candidates: [],
    });
    expect(settled).toBe(1);
  });

  test('the one that came back in a third port is a new camera with a question, which a person can answer', () => {
    createRegistry().reconcile('usb', [first, second]);
    const registry = createRegistry();
    registry.reconcile('usb', [usbCamera(thirdPort)]);
    registry.settle();
    expect(stateOf(registry)).toEqual([
      ['camera0', 'DISCONNECTED', '/dev/video0'],
      ['camera1', 'DISCONNECTED', '/dev/video2'],
      ['camera2', 'CONNECTED', '/dev/video0'],
    ]);
    const { recognition } = registry.get('camera2').row;
    expect(recognition).toMatchObject({ matchedBy: [], score: null, candidates: ['camera0', 'camera1'] });
    expect(recognition.notice).toMatch(/camera0 or camera1 .*merge_cameras/);

    const later = createRegistry();
    expect(later.get('camera2').row.recognition).toEqual(recognition);
    later.reconcile('usb', [first, usbCamera(thirdPort, { node: '/dev/video4' })]);
    const told = later.get('camera2').row.recognition;
    expect(told).toMatchObject({ score: 105, candidates: ['camera1'] });
    expect(told.notice).toMatch(/may be camera1 in/);
    later.reconcile('usb', [first, second, usbCamera(thirdPort, { node: '/dev/video4' })]);
    expect(later.get('camera2').row.recognition).toMatchObject({ notice: null, candidates: [] });
  });

  test('two that came back in other ports are two new cameras', () => {
    createRegistry().reconcile('usb', [first]);
    const registry = createRegistry();
    const moved = [usbCamera(otherPort), usbCamera(thirdPort, { node: '/dev/video2' })];
    for (const found of [[moved[0]!], moved]) registry.reconcile('usb', found);
    registry.settle();
    expect(registry.list().map(({ row }) => row.recognition.candidates)).toEqual([
      [],
      ['camera0'],
      ['camera0'],
    ]);
    expect(registry.get('camera0').isPresent).toBe(false);
  });
});

test('one that stays where it is stays who it is, whatever comes', () => {
  createRegistry().reconcile('usb', [usbCamera()]);
  const registry = createRegistry();
  const busy = { status: 'BUSY', code: 'busy', reason: 'device busy' } as const;
  const moved = usbCamera(otherPort, { node: '/dev/video4', problem: busy });
  registry.reconcile('usb', [moved]);
  registry.settle();
  registry.reconcile('usb', [usbCamera(), moved]);
  registry.settle();
  expect(stateOf(registry)).toEqual([
    ['camera0', 'BUSY', '/dev/video4'],
    ['camera1', 'CONNECTED', '/dev/video0'],
  ]);
});

const nodes = (...numbers: number[]): DeviceCandidate[] =>
  numbers.map((number) => usbCamera({}, { node: `/dev/video${number}` }));

test('equal capture nodes of one device keep their order, whatever their numbers', () => {
  const registry = createRegistry();
  registry.reconcile('usb', nodes(0));
  registry.reconcile('usb', nodes(0, 1));
  registry.settle();
  const later = createRegistry();
  later.reconcile('usb', nodes(3));
  expect(later.isHolding('usb')).toBe(true);
  later.reconcile('usb', nodes(3, 5));
  expect(stateOf(later)).toEqual([
    ['camera0', 'CONNECTED', '/dev/video3'],
    ['camera1', 'CONNECTED', '/dev/video5'],
  ]);
  expect(later.get('camera0').row.recognition.matchedBy).toContain('order');
});

test('bandwidth belongs to the port: what failed in another one is tried again', () => {
  createRegistry().reconcile('usb', [usbCamera({ serial: 'A1' })]);
  const mode = { pixelFormat: 'YUYV', width: 1280, height: 720, fps: 30 };
  const learned = { failed: [{ ...mode, reason: 'no bandwidth' }], ownRate: 15, isStillNormal: true };
  const [row] = lab.store.list();
  lab.store.update({ ...row!, learned });
  let registry = createRegistry();
  registry.reconcile('usb', [usbCamera({ serial: 'A1' }, { node: '/dev/video8' })]);
  expect(registry.get('camera0').row.learned).toEqual(learned);
  registry = createRegistry();
  registry.reconcile('usb', [usbCamera({ ...otherPort, serial: 'A1' })]);
  registry.settle();
  expect(registry.get('camera0').row.learned).toEqual({ failed: [], ownRate: null, isStillNormal: true });
  expect(registry.get('camera0').row.recognition.matchedBy).toContain('serial');
});

test('a known camera that can not be opened says so, though only the kernel speaks for it', () => {
  createRegistry().reconcile('usb', [usbCamera({ vendorId: null, productId: null, interfaceNumber: null })]);
  const registry = createRegistry();
  const problem = { status: 'ERROR', code: 'permission', reason: 'no right to open it' } as const;
  const unheard = usbCamera(
    { busInfo: '', card: 'video-cap', vendorId: null, productId: null, interfaceNumber: null },
    { problem, name: 'video-cap', capabilities: { formats: [], modes: [] } },
  );
  registry.reconcile('usb', [unheard]);
  expect(registry.get('camera0')).toMatchObject({ status: 'ERROR', statusReason: problem.reason });
  expect(registry.get('camera0').row).toMatchObject({
    name: 'HD Webcam',
    identity: { card: 'HD Webcam: HD Webcam' },
  });
});

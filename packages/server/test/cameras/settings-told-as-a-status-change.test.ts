import { afterEach, beforeEach, expect, test } from 'vitest';
import { CameraAnnouncer } from '../../src/cameras/announcer.ts';
import type { Camera } from '../../src/cameras/camera.ts';
import { EventLog, type StoredEvent } from '../../src/events/event-log.ts';
import { Notifier, type StateChange } from '../../src/events/notifier.ts';
import { CameraLab, log } from './harness.ts';
import { usbCamera } from './samples.ts';

let lab: CameraLab;
let camera: Camera;
let announcer: CameraAnnouncer;
let events: StoredEvent[];
let changes: StateChange[];
beforeEach(async () => {
  lab = await CameraLab.create();
  const registry = lab.createRegistry();
  registry.reconcile('usb', [usbCamera()]);
  camera = registry.get('camera0');
  [events, changes] = [[], []];
  const eventLog = new EventLog({ db: lab.db, log });
  eventLog.onEvent((event) => events.push(event));
  const notifier = new Notifier({ log });
  notifier.onNotify((change) => changes.push(change));
  const addresses = { rtsp: '', webrtc: '', hls: '' };
  announcer = new CameraAnnouncer({ events: eventLog, notifier, addressesOf: () => addresses });
  announcer.note(camera, false);
  [events, changes] = [[], []];
});
afterEach(() => lab[Symbol.asyncDispose]());

function set(settings: Partial<Camera['row']['settings']>): void {
  camera.configure({ ...camera.row, settings: { ...camera.row.settings, ...settings } });
  announcer.note(camera, false);
}

const statusChanges = () => events.filter(({ topic }) => topic === 'camera.status_change');

test('a camera that is set otherwise stays CONNECTED, and no event says that it became so', () => {
  set({ name: 'Door' });
  expect(changes).toMatchObject([
    { name: 'camera_status_update', params: { name: 'Door', status: 'CONNECTED' } },
  ]);
  expect(events).toEqual([]);
});

test('a mode that is off leaves it CONNECTED for another reason, which is told and is no new connection', () => {
  set({ mode: 'off' });
  expect(changes).toMatchObject([{ params: { state: 'off', reason_code: 'off' } }]);
  expect(events).toMatchObject([
    { topic: 'camera.status_change', data: { from: 'CONNECTED', to: 'CONNECTED', reason_code: 'off' } },
  ]);
});

test('a camera that is disabled has another status, and the event says from which', () => {
  set({ enabled: false, name: 'Door' });
  set({ enabled: true });
  expect(statusChanges().map(({ data }) => data)).toMatchObject([
    { from: 'CONNECTED', to: 'DISCONNECTED', reason_code: 'disabled' },
    { from: 'DISCONNECTED', to: 'CONNECTED', reason: null },
  ]);
});

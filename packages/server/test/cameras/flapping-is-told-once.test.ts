import { until } from '@mediamtx-camera-service/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CameraAnnouncer } from '../../src/cameras/announcer.ts';
import type { CameraRegistry } from '../../src/cameras/registry.ts';
import { EventLog } from '../../src/events/event-log.ts';
import { Notifier } from '../../src/events/notifier.ts';
import { CameraLab, log } from './harness.ts';
import { usbCamera } from './samples.ts';

let lab: CameraLab;
let registry: CameraRegistry;
let told: string[];
beforeEach(async () => {
  lab = await CameraLab.create();
  registry = lab.createRegistry();
  told = [];
});
afterEach(() => lab[Symbol.asyncDispose]());

/** A loose plug, looked at after each loss and each return. */
function flap(announcer: CameraAnnouncer, losses: number): void {
  for (let loss = 0; loss < losses; loss++) {
    for (const found of [[], [usbCamera()]]) {
      registry.reconcile('usb', found);
      announcer.note(registry.get('camera0'), false);
    }
  }
}

function createAnnouncer(steadyMs: number): CameraAnnouncer {
  const notifier = new Notifier({ log });
  notifier.onNotify(({ params }) => {
    const { state, reason_code: reason } = params as { state: string; reason_code: string | null };
    told.push(reason === null ? state : `${state} ${reason}`);
  });
  const addresses = { rtsp: '', webrtc: '', hls: '' };
  const events = new EventLog({ db: lab.db, log });
  return new CameraAnnouncer({ events, notifier, addressesOf: () => addresses, steadyMs });
}

test('a camera that comes and goes is told as flapping once, however often it does', () => {
  registry.reconcile('usb', [usbCamera()]);
  const announcer = createAnnouncer(1_000_000);
  announcer.note(registry.get('camera0'), false);
  flap(announcer, 20);
  expect(told).toEqual([
    'ready',
    ...['absent unplugged', 'ready', 'absent unplugged', 'ready'],
    'absent flapping',
  ]);
});

test('while it flaps, a state that lasts is told', async () => {
  registry.reconcile('usb', [usbCamera()]);
  const announcer = createAnnouncer(1);
  flap(announcer, 10);
  await until(() => told.at(-1) === 'ready flapping', { what: 'the state that lasts to be told' });
  expect(told.filter((one) => one.endsWith('flapping'))).toEqual(['absent flapping', 'ready flapping']);
});

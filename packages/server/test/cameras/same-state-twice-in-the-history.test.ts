import { afterEach, beforeEach, expect, test } from 'vitest';
import { CameraHistory } from '../../src/cameras/history.ts';
import { TransitionStore, type Transition } from '../../src/store/transitions.ts';
import { CameraLab } from './harness.ts';
import { usbCamera } from './samples.ts';

let lab: CameraLab;
beforeEach(async () => {
  lab = await CameraLab.create();
  lab.createRegistry().reconcile('usb', [usbCamera()]);
});
afterEach(() => lab[Symbol.asyncDispose]());

const device = 'camera0';
/** As each run of the service has its own. */
const open = (): CameraHistory => new CameraHistory({ store: new TransitionStore(lab.db) });
const kept = (): [Transition['from'], Transition['to']][] =>
  new TransitionStore(lab.db).list(device).map(({ from, to }) => [from, to]);

const disabled = { device, state: 'disabled', reason: 'disabled', statusReason: 'switched off' } as const;
const live = { device, state: 'live', reason: null, statusReason: null } as const;

test('a camera that the next run finds as the last one left it has come from nowhere to nowhere', () => {
  open().note(disabled);
  open().note(disabled);
  const third = open();
  third.note(disabled);
  third.note(live);
  expect(kept()).toEqual([
    ['disabled', 'live'],
    [null, 'disabled'],
  ]);
});

test('another reason in the same state is kept, since it tells another story', () => {
  const history = open();
  history.note(live);
  history.note({ ...live, reason: 'frozen', statusReason: 'the picture stands still' });
  history.note({ ...live, reason: 'frozen', statusReason: 'the picture stands still, in other words' });
  history.note(live);
  expect(kept()).toEqual([
    ['live', 'live'],
    ['live', 'live'],
    [null, 'live'],
  ]);
});

test('the last fifty changes of a camera are kept, and those of others stay', () => {
  const history = open();
  history.note({ ...live, device: 'camera1' });
  for (let change = 0; change < 30; change++) {
    history.note({ ...disabled, statusReason: `${change}` });
    history.note(live);
  }
  const store = new TransitionStore(lab.db);
  expect(store.list(device)).toHaveLength(50);
  expect(store.list(device)[0]).toMatchObject({ from: 'disabled', to: 'live' });
  expect(store.list(device).at(-1)).toMatchObject({ to: 'disabled', detail: '5' });
  expect(store.list('camera1')).toHaveLength(1);
});

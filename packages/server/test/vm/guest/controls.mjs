// Lists and sets the controls of the kernel's virtual cameras, and prints what came of it, one JSON a line.
// Usage: node controls.mjs FFMPEG
import { CameraControls } from '../../../dist/cameras/controls.js';
import { listControls, setControls } from '../../../dist/devices/v4l2/controls.js';
import { openDevice } from '../../../dist/devices/v4l2/ioctl.js';
import { holdCamera, setOff } from './faults.mjs';
import { report, run, until } from './steps.mjs';

const [ffmpegPath] = process.argv.slice(2);
const NODE = '/dev/video0';
// Emulated, and on a busy machine, a call may take longer than a real device ever does.
const PATIENT = { timeoutMs: 60_000 };

const list = (node = NODE) => listControls(node, PATIENT);
const set = (values, node = NODE) => setControls(node, values, PATIENT);
const valuesOf = (controls) => Object.fromEntries(controls.map(({ name, value }) => [name, value]));
const pick = (controls, ...names) => names.map((name) => controls.find((control) => control.name === name));
// Changes by itself.
const stillValues = async () => ({ ...valuesOf(await list()), gain: undefined });

async function failureOf(promise) {
  try {
    await promise;
    return null;
  } catch ({ name, message, control, rule, hint, code }) {
    return { name, message, control, rule, hint, code };
  }
}

async function listsAll() {
  let turns = 0;
  const turn = setInterval(() => {
    turns += 1;
  }, 0);
  const controls = await list();
  clearInterval(turn);
  report('list', { controls, isLoopFree: turns > 0 });
}

async function setsEveryType() {
  const values = {
    brightness: 200,
    hue: -128,
    mute: true,
    menu: 'menu item 4',
    integer_menu: '42',
    integer_64_bits: -(2 ** 40),
    bitmask: 0x8040_0010,
    string: 'ab c',
    button: true,
  };
  const returned = valuesOf(await set(values));
  report('set', { returned, readLater: valuesOf(await list()), names: Object.keys(values) });
}

const WRONG = {
  outOfRange: { brightness: 256 },
  unknown: { contrst: 5 },
  noMenuItem: { menu: 2 },
  readOnly: { read_only_integer_32_bits: 5 },
  inactive: { gain: 50 },
  unsettable: { brightness: 10, gain_automatic: true, gain: 50 },
  bit: { bitmask: 1 },
  longText: { string: 'abcde' },
};

async function refusesAllOrNothing() {
  const refusals = {};
  for (const [what, wrong] of Object.entries(WRONG)) {
    const before = await stillValues();
    const refusal = await failureOf(set({ contrast: 3, horizontal_flip: true, button: true, ...wrong }));
    const after = await stillValues();
    refusals[what] = { ...refusal, isUnchanged: JSON.stringify(after) === JSON.stringify(before) };
  }
  const alone = await failureOf(set({ gain: 50 }));
  report('refused', { refusals, alone });
}

async function setsWhatAModeAllows() {
  const [automatic] = pick(await list(), 'gain');
  const [manual] = pick(await set({ gain: 50, gain_automatic: false }), 'gain');
  const refusal = await failureOf(set({ gain_automatic: true, gain: 60 }));
  const [mode, kept] = pick(await list(), 'gain_automatic', 'gain');
  const [again] = pick(await set({ gain_automatic: 1 }), 'gain');
  report('modes', { automatic, manual, refusal, mode, kept, again });
}

async function setsWhileAnotherStreams() {
  const ffmpeg = await holdCamera(ffmpegPath, NODE);
  const [hue] = pick(await set({ hue: 77 }), 'hue');
  const [scaler] = pick(await list(), 'enable_capture_scaler');
  const refusal = await failureOf(set({ hue: 0, enable_capture_scaler: false }));
  const [kept] = pick(await list(), 'hue');
  await ffmpeg.release();
  report('streaming', { hue, scaler, refusal, kept });
}

async function namesWhatDoesNotAnswer() {
  const late = await failureOf(listControls(NODE, { timeoutMs: 1 }));
  const healed = await until('the late call to end', async () => (await failureOf(list())) === null);
  const missing = await failureOf(list('/dev/video9'));
  // Held open meanwhile: this fault heals when the last user closes.
  const device = await openDevice('/dev/video1');
  setOff('disconnect', device);
  const dead = [await failureOf(list('/dev/video1')), await failureOf(set({ hue: 1 }, '/dev/video1'))];
  await device.close();
  const noControls = await failureOf(list('/dev/null'));
  report('silent', { late, healed, missing, dead, noControls });
}

async function setsAgainWhatWasSet() {
  const remembered = new Map();
  const warnings = [];
  const calls = { now: 0, most: 0 };
  const cameras = new CameraControls({
    list,
    set: async (node, values) => {
      calls.now += 1;
      calls.most = Math.max(calls.most, calls.now);
      return set(values, node).finally(() => (calls.now -= 1));
    },
    store: {
      controlsOf: (device) => remembered.get(device) ?? {},
      keep: (device, values) => remembered.set(device, values),
    },
    log: { info: () => undefined, warn: ({ control, rule }) => warnings.push({ control, rule }) },
  });
  const camera = { device: 'camera0', row: { node: '/dev/video1', kind: 'usb' } };
  await Promise.all([
    cameras.set(camera, { contrast: 1, button: true }),
    cameras.set(camera, { contrast: 2, gain: 30, gain_automatic: false }),
    cameras.set(camera, { menu: 'Menu Item 1' }),
  ]);
  const kept = { ...remembered.get('camera0') };
  await run('unplug', '2');
  const gone = await failureOf(cameras.reapply(camera));
  await run('plug', '2', '5');
  camera.row.node = '/dev/video5';
  const forgotten = valuesOf(await cameras.get(camera));
  // What another device, or its newer firmware, does not take any more.
  remembered.set('camera0', { ...kept, brightness: 999, read_only_integer_32_bits: 5, zoom_absolute: 3 });
  await cameras.reapply(camera);
  const restored = valuesOf(await cameras.get(camera));
  await cameras.reapply(camera);
  const test = { device: 'camera1', row: { node: null, kind: 'test' } };
  await cameras.reapply(test);
  report('again', {
    kept,
    gone,
    forgotten,
    restored,
    warnings,
    atOnce: calls.most,
    test: { controls: await cameras.get(test), refusal: await failureOf(cameras.set(test, { hue: 1 })) },
  });
}

await listsAll();
await setsEveryType();
await refusesAllOrNothing();
await setsWhatAModeAllows();
await setsWhileAnotherStreams();
await namesWhatDoesNotAnswer();
await setsAgainWhatWasSet();

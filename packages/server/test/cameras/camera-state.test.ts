import { cameraState } from '@mediamtx-camera-service/protocol';
import { expect, test } from 'vitest';
import { cameraStates, deriveState, type CameraFacts } from '../../src/cameras/camera-state.ts';
import { reasons } from '../../src/cameras/reasons.ts';

const idle: CameraFacts = {
  kind: 'usb',
  isEnabled: true,
  mode: 'on_demand',
  isPresent: true,
  problem: null,
  releasedUntil: null,
  isWanted: false,
  isMediaUp: true,
  capture: 'idle',
  isLive: false,
  trouble: undefined,
  picture: undefined,
  note: undefined,
};
const live: CameraFacts = { ...idle, isWanted: true, capture: 'publishing', isLive: true };
const broken = { code: 'io_error', detail: 'device input or output error', isTold: false } as const;

/** Each fact, and what it can be. */
const facts: { [K in keyof CameraFacts]: CameraFacts[K][] } = {
  kind: ['usb', 'test'],
  isEnabled: [true, false],
  mode: ['on_demand', 'always', 'off'],
  isPresent: [true, false],
  problem: [
    null,
    { status: 'PROBING', code: 'probing', reason: 'the device takes long to answer' },
    { status: 'ERROR', code: 'dead', reason: 'the device does not answer' },
    { status: 'BUSY', code: 'busy', reason: 'another program has the camera open' },
  ],
  releasedUntil: [null, 1_000],
  isWanted: [true, false],
  isMediaUp: [true, false],
  capture: ['idle', 'starting', 'publishing', 'stopping', 'failed'],
  isLive: [true, false],
  trouble: [undefined, broken, { ...broken, isTold: true }, { ...broken, code: 'busy' }],
  picture: [undefined, 'frozen', 'black'],
  note: [undefined, { code: 'starved', detail: 'half the frames' }],
};

test('every change of one fact, from every combination, leads along the table of transitions', () => {
  let seen = 0;
  for (const before of combinations()) {
    const from = deriveState(before);
    for (const [name, values] of Object.entries(facts)) {
      for (const value of values) {
        const to = deriveState({ ...before, [name]: value });
        if (to.state === from.state) continue;
        seen++;
        if (cameraStates[from.state].next[to.state] === undefined)
          expect.fail(`${from.state} to ${to.state} by ${name} = ${JSON.stringify(value)}`);
      }
    }
  }
  expect(seen).toBeGreaterThan(1_000);
});

test('every state of the contract is in the table, and every reason that is given has its entry', () => {
  expect(Object.keys(cameraStates).sort()).toEqual([...cameraState.options].sort());
  const given = new Set([...combinations()].map((combination) => deriveState(combination).reason));
  for (const reason of given) if (reason !== null) expect(reasons[reason]).toBeDefined();
});

test.each<[string, Partial<CameraFacts>, CameraFacts, string, string | null]>([
  ['a working camera has nothing to explain', {}, idle, 'ready', null],
  ['a live one neither', {}, live, 'live', null],
  ['disabled goes before all else', { isEnabled: false, isPresent: false }, live, 'disabled', 'disabled'],
  ['a lent camera is not told as broken', { releasedUntil: 5, trouble: broken }, idle, 'lent', 'released'],
  ['unplugged goes before lent', { isPresent: false, releasedUntil: 5 }, idle, 'absent', 'unplugged'],
  [
    'a slow answer does not take away a live picture',
    { problem: facts.problem[1] ?? null },
    live,
    'live',
    null,
  ],
  ['our own capture makes nobody busy', { problem: facts.problem[3] ?? null }, live, 'live', null],
  ['one end of capture is being mended', { trouble: broken, isLive: false }, live, 'recovering', 'io_error'],
  [
    'one that lasts is told',
    { trouble: { ...broken, isTold: true }, isLive: false },
    live,
    'failed',
    'io_error',
  ],
  [
    'without MediaMTX the picture is being brought back',
    { isMediaUp: false, isLive: false, capture: 'idle' },
    live,
    'recovering',
    'media_server',
  ],
  ['a frozen picture is live, and said to be frozen', { picture: 'frozen' }, live, 'live', 'frozen'],
])('%s', (_name, change, base, state, reason) => {
  expect(deriveState({ ...base, ...change })).toMatchObject({ state, reason });
});

/** All facts combined; what is in the picture matters only for the reason, so it stays out. */
function combinations(): CameraFacts[] {
  const left: (keyof CameraFacts)[] = ['picture', 'note', 'kind'];
  let all: CameraFacts[] = [idle];
  for (const [name, values] of Object.entries(facts)) {
    if (left.includes(name as keyof CameraFacts)) continue;
    all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return all;
}

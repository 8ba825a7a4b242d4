import { beforeAll, describe, expect, it } from 'vitest';

import { frameDistance } from '../../src/capture/read-number.ts';
import { findMissing } from './fault-findings.ts';
import { runInGuest } from './guest-run.ts';
import type { Findings, ModeTrial, UsbFault } from './usb-story-findings.ts';

const usbFaults: UsbFault[] = ['corrupt', 'black', 'frozen', 'fails-once', 'dead'];

let findings: Partial<Findings>;

/** What a step found; its own words where it failed. */
function found<K extends keyof Findings>(step: K): Findings[K] {
  const finding = findings[step];
  if (finding === undefined) throw new Error(`the guest did not reach step ${step}`);
  if ('failed' in finding && finding.failed) throw new Error(`step ${step}: ${finding.failed}`);
  return finding;
}

/** It is measured in four seconds, which may hold what was late in the four before: longer than that is a stall. */
const mostSparseFps = 2.25;

/** Six tenths of what the webcam promises. */
const starvedBelowFps = 4.8;

/** The figure in words that fit the pattern. */
function figureIn(words: string, pattern: RegExp): number | undefined {
  const figure = pattern.exec(words)?.[1];
  return figure === undefined ? undefined : Number(figure);
}

const rateOfTheBest = (words: string) =>
  figureIn(words, /^MJPG 320x180 at 8 a second is passed over: it gave ([\d.]+) of 8 frames a second$/);
const ownRate = (words: string) => figureIn(words, /^the camera gives ([\d.]+) of 8 frames a second$/);

/** First of all the best mode is passed over, with the rate that the webcam had. */
function expectSlowBest({ said }: ModeTrial): void {
  const [first] = said;
  expect(first?.resolution).toBe('160x96');
  const fps = rateOfTheBest(first?.words ?? '');
  expect(fps).toBeGreaterThan(0);
  expect(fps).toBeLessThanOrEqual(mostSparseFps);
  for (const { words } of said) expect(rateOfTheBest(words) ?? ownRate(words)).toBeLessThan(starvedBelowFps);
}

/** What the figures that were told speak for: a lower mode must be a fifth and half a frame faster. */
function modeThatFollows({ said }: ModeTrial): ModeTrial['final'] {
  const best = rateOfTheBest(said[0]?.words ?? '') ?? Number.NaN;
  const lower = said.map(({ words }) => ownRate(words)).find((fps) => fps !== undefined);
  const isFaster = lower === undefined || lower >= best * 1.2 + 0.5;
  return {
    resolution: isFaster ? '160x96' : '320x180',
    state: 'live',
    mode_reason: said.at(-1)?.words ?? null,
  };
}

beforeAll(async () => {
  findings = await runInGuest<Findings>({ script: 'usb-story.mjs', cameras: 0, timeoutS: 600 });
  console.info(`The guest took ${Math.round((findings.ended?.guestMs ?? 0) / 1000)} s`);
});

describe('a USB webcam with a serial number', () => {
  it('is found, and its capabilities are confirmed by a second look', () => {
    const { status, capabilities } = found('found');
    expect(status).toMatchObject({
      device: 'camera0',
      name: 'HD Webcam',
      status: 'CONNECTED',
      identity: { matched_by: [], score: null, notice: null, candidates: [] },
    });
    expect(capabilities).toMatchObject({
      formats: ['MJPG', 'YUYV'],
      resolutions: ['320x180'],
      fps_options: [5],
      validation_status: 'CONFIRMED',
    });
  });

  it('is the same camera in another port, known by its serial', () => {
    const { before, gone, after } = found('moved');
    expect(gone).toMatchObject({ status: 'DISCONNECTED', reason_code: 'unplugged', device_path: null });
    expect(after).toMatchObject({ device: before.device, status: 'CONNECTED' });
    expect(after.identity.matched_by).toEqual(expect.arrayContaining(['serial', 'usb id', 'name']));
    expect(after.identity.matched_by).not.toContain('port');
  });

  it('is recorded into one file, whose frame numbers go on after the gap', () => {
    const { files, filename, recorded, plugged, told } = found('moved');
    expect(files).toEqual([filename]);
    expect(recorded.complaints).toBe('');
    const numbers = recorded.numbers.filter((number) => number !== null);
    const steps = numbers.slice(1).map((number, index) => frameDistance(numbers[index] ?? 0, number));
    expect(steps.every((step) => step >= 0)).toBe(true);
    const isLater = (number: number): boolean => frameDistance(plugged, number) >= 0;
    expect(numbers.some(isLater)).toBe(true);
    expect(numbers.every(isLater)).toBe(false);
    const expected = [
      { kind: 'camera' as const, status: 'DISCONNECTED', reason_code: 'unplugged' },
      { kind: 'recording' as const, status: 'ERROR' },
      { kind: 'recording' as const, status: 'STARTED' },
    ];
    expect(findMissing(told, expected)).toBeUndefined();
    expect(new Set(told.flatMap((one) => (one.kind === 'recording' ? one.session_id : []))).size).toBe(1);
  });
});

describe('the controls of a USB webcam', () => {
  it('have in the device what was set, a menu by its text', () => {
    expect(found('controls').wasSet).toMatchObject({ brightness: -20, powerLineFrequency: 2 });
  });

  it('out of range or decided by automation: refused, and nothing is changed', () => {
    const { tooMuch, inactive, wasSet, afterRefusals, offered } = found('controls');
    expect(tooMuch).toMatchObject({ code: -32602, rule: 'range', param: 'controls.brightness' });
    expect(inactive).toMatchObject({ code: -32602, rule: 'inactive' });
    expect(afterRefusals).toEqual(wasSet);
    const temperature = offered.find(({ name }) => name === 'white_balance_temperature');
    expect(temperature?.flags).toContain('inactive');
  });

  it('plugged in again, the device has forgotten them, and gets them again, one that it refuses at first too', () => {
    const { forgotten, values } = found('controls');
    expect(forgotten).toMatchObject({ brightness: 0, powerLineFrequency: 1 });
    expect(values).toMatchObject({ brightness: -20, powerLineFrequency: 2 });
  });

  it('a manual value can be set together with the end of its automation', () => {
    const { manual, values } = found('controls');
    expect(values).toMatchObject({ whiteBalanceAuto: 0, whiteBalanceTemperature: 3000 });
    expect(manual.find(({ name }) => name === 'white_balance_temperature')?.flags).not.toContain('inactive');
  });
});

describe('faults of the webcam behind a sound driver', () => {
  it.each(usbFaults)('%s: the picture of now comes back, of the same camera in the same mode', (fault) => {
    const { before, after } = found(fault);
    expect(after).toMatchObject({ device: before.device, status: 'CONNECTED', state: 'live' });
    // What the machine gives is no matter here.
    expect(after.metrics.mode_reason ?? 'frames a second').toContain('frames a second');
  });

  it('pictures with wrong bits are no reason to do anything', () => {
    const { told, history, before, after } = found('corrupt');
    expect(told).toEqual([]);
    expect(history).toEqual([]);
    expect(after.metrics.restarts).toBe(before.metrics.restarts);
  });

  it.each(['black', 'frozen'] as const)('a %s picture is told while it is live', (fault) => {
    expect(found(fault).shown).toMatchObject({ status: 'CONNECTED', state: 'live', reason_code: fault });
  });

  it('a start that fails once is mended by the second, without an alarm', () => {
    const { history, told } = found('fails-once');
    expect(history.map(({ reason }) => reason)).toContain('refused_stream');
    expect(told).not.toContainEqual(expect.objectContaining({ kind: 'camera', status: 'ERROR' }));
  });

  it('dead while it streams: the hanging reader is ended, and it is told why', () => {
    const { history, told, shown } = found('dead');
    expect(history.map(({ reason }) => reason)).toContain('stalled');
    expect(shown).toMatchObject({ state: 'failed', remedy: expect.stringContaining('cable') });
    const expected = [
      { kind: 'camera' as const, state: 'recovering', reason_code: 'stalled' },
      { kind: 'camera' as const, status: 'ERROR', reason_code: 'io_error' },
      { kind: 'camera' as const, status: 'CONNECTED', state: 'live' },
    ];
    expect(findMissing(told, expected)).toBeUndefined();
  });
});

describe('a webcam whose modes are tried', () => {
  it('sends one of eight frames, and many in a lower mode: it is captured in the one that its figures speak for', () => {
    const { helped } = found('mode-trials');
    expectSlowBest(helped);
    expect(helped.final).toEqual(modeThatFollows(helped));
  });

  it('sends one of eight frames in each mode: its best is kept, and its own rate told', () => {
    const { best } = found('mode-trials');
    expectSlowBest(best);
    expect(best.final).toEqual(modeThatFollows(best));
    expect(best.final.resolution).toBe('320x180');
  });

  it('promises what this machine can take: it keeps its best mode, and nothing is said', () => {
    const { said, final } = found('mode-trials').sound;
    expect(said).toEqual([]);
    expect(final).toEqual({ resolution: '320x180', state: 'live', mode_reason: null });
  });
});

describe('equal webcams without serial numbers', () => {
  it('plugged in again in another order, each is who its port says', () => {
    const { before, after } = found('twins');
    expect(after.map(({ device }) => device)).toEqual(before.map(({ device }) => device));
    expect(after.map(({ node }) => node)).toEqual(before.map(({ node }) => node).toReversed());
    for (const { identity } of after) expect(identity.matched_by).toContain('port');
  });

  it('one in a third port while both are away: a new camera that asks which one it is', () => {
    const { known, asked, askedToo } = found('tie');
    for (const { device, identity } of [asked, askedToo]) {
      expect(known).not.toContain(device);
      expect(identity).toMatchObject({
        matched_by: [],
        candidates: known,
        notice: expect.stringContaining(known.join(' or ')),
      });
    }
  });

  it('merged, the device has the number, the name and the controls of the one that it was', () => {
    const { known, merged, node, gone } = found('tie');
    expect(merged).toMatchObject({
      ...{ device: known[0], name: 'Left', status: 'CONNECTED', node },
      identity: { notice: null, candidates: [] },
    });
    expect(gone).toMatchObject({ code: -32010 });
  });

  it('the other is asked about less, and about nothing when the last candidate is forgotten', () => {
    const { known, leftOver, sure } = found('tie');
    expect(leftOver.identity.candidates).toEqual([known[1]]);
    expect(sure.identity).toMatchObject({ candidates: [], notice: null });
  });
});

it('the service ends as it should', () => {
  expect(found('ended').code).toBe(0);
});

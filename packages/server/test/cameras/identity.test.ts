import { describe, expect, test } from 'vitest';
import { matchIdentities, scoreIdentity } from '../../src/cameras/identity.ts';
import { otherPort, usbCamera } from './samples.ts';

describe('one found and one known', () => {
  test('the same camera at another node is the same', () => {
    const { score, matchedBy } = scoreIdentity(usbCamera({}, { node: '/dev/video4' }), usbCamera());
    expect(score).toBeGreaterThanOrEqual(40);
    expect(matchedBy).toEqual(['port', 'bus', 'usb id', 'name', 'formats']);
  });

  test('without a serial in another port it is still the same, but less surely', () => {
    const moved = scoreIdentity(usbCamera(otherPort), usbCamera());
    expect(moved).toEqual({ score: 40, matchedBy: ['usb id', 'name', 'formats'] });
    const withSerial = scoreIdentity(usbCamera({ ...otherPort, serial: 'A1' }), usbCamera({ serial: 'A1' }));
    expect(withSerial.score).toBeGreaterThan(moved.score);
  });

  test.each([
    ['serial', { serial: 'B2' }],
    ['vendor', { vendorId: '1234' }],
    ['product', { productId: '9999' }],
    ['interface', { interfaceNumber: '02' }],
    ['name', { card: 'Another Camera' }],
  ])('another %s in the very same port is another camera', (_what, identity) => {
    expect(scoreIdentity(usbCamera({ serial: 'A1', ...identity }), usbCamera({ serial: 'A1' })).score).toBe(
      0,
    );
  });

  test('what one of them does not say contradicts nothing, and proves nothing', () => {
    const silent = usbCamera({
      vendorId: null,
      productId: null,
      serial: null,
      card: '',
      sysPath: null,
      busInfo: '',
    });
    expect(scoreIdentity(silent, silent)).toEqual({ score: 10, matchedBy: ['formats'] });
    expect(scoreIdentity(silent, usbCamera({ serial: 'A1' })).score).toBeLessThan(40);
  });

  test('a test camera is never a real one', () => {
    expect(scoreIdentity(usbCamera({}, { kind: 'test' }), usbCamera()).score).toBe(0);
  });
});

describe('many', () => {
  const left = usbCamera();
  const right = usbCamera(otherPort);

  test('of two equal cameras each is known by its port, in whatever order they come', () => {
    const knownLeft = { ...usbCamera(), device: 'camera0' };
    const knownRight = { ...usbCamera(otherPort), device: 'camera1' };
    for (const found of [
      [left, right],
      [right, left],
    ]) {
      const pairs = matchIdentities(found, [knownRight, knownLeft]).map(({ candidate, known }) => [
        candidate,
        known.device,
      ]);
      expect(new Map(pairs as [object, string][])).toEqual(
        new Map([
          [left, 'camera0'],
          [right, 'camera1'],
        ]),
      );
    }
  });

  test('no known camera is given twice, and the second of two equals is a new one', () => {
    const matches = matchIdentities([right, left], [left]);
    expect(matches).toHaveLength(1);
    expect(matches[0]!.candidate).toBe(left);
  });

  test('a camera with a serial is found though a twin sits in its old port', () => {
    const knownA = { ...usbCamera({ serial: 'A' }), device: 'a' };
    const knownB = { ...usbCamera({ ...otherPort, serial: 'B' }), device: 'b' };
    const found = [usbCamera({ serial: 'B' }), usbCamera({ ...otherPort, serial: 'A' })];
    const matches = matchIdentities(found, [knownA, knownB]);
    const pairs = matches.map(({ candidate, known }) => [candidate.identity.serial, known.device] as const);
    expect(new Map(pairs)).toEqual(
      new Map([
        ['A', 'a'],
        ['B', 'b'],
      ]),
    );
  });
});

import { expect, it } from 'vitest';

import { candidateChanges } from '../../src/devices/candidate-changes.ts';
import { otherPort, usbCamera } from '../cameras/samples.ts';

const one = usbCamera();
const two = usbCamera(otherPort, { node: '/dev/video2' });
const testCamera = (busInfo: string) => usbCamera({ busInfo, sysPath: null }, { kind: 'test', node: null });

it('the same list has no changes', () => {
  expect(candidateChanges([one, two], [two, one])).toEqual({ found: [], changed: [], lost: [] });
});

it('a device that came was found, one that went was lost', () => {
  expect(candidateChanges([one], [two])).toEqual({ found: [two], changed: [], lost: [one] });
});

it('a device that was confirmed, or has a problem now, was changed, and is told as it is now', () => {
  const confirmed = { ...one, isConfirmed: true };
  expect(candidateChanges([one, two], [confirmed, two])).toEqual({
    found: [],
    changed: [confirmed],
    lost: [],
  });
});

it('a device that came back at another node was lost and found', () => {
  const moved = usbCamera({}, { node: '/dev/video1' });
  expect(candidateChanges([one], [moved])).toEqual({ found: [moved], changed: [], lost: [one] });
});

it('two equal devices that swapped their nodes were lost and found', () => {
  const swapped = [usbCamera(otherPort), usbCamera({}, { node: '/dev/video2' })];
  expect(candidateChanges([one, two], swapped)).toEqual({ found: swapped, changed: [], lost: [one, two] });
});

it('devices without a node are told apart by their bus', () => {
  const [first, second] = [testCamera('test:0'), testCamera('test:1')];
  expect(candidateChanges([first], [first, second])).toEqual({ found: [second], changed: [], lost: [] });
});

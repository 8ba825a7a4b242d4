import { describe, expect, it } from 'vitest';

import { NodeRules } from '../../../src/devices/v4l2/node-rules.ts';
import { usbCamera } from '../../cameras/samples.ts';

const { identity } = usbCamera();
const facts = { ...identity, isPresent: true, name: 'HD Webcam: HD Webcam', index: 0 };

function rulesFor(...ignore: string[]): NodeRules {
  return new NodeRules({ ignore });
}

it('without rules every node is looked at', () => {
  const rules = new NodeRules({});
  expect(rules.allowsNode('/dev/video63')).toBe(true);
  expect(rules.ignoresFacts(facts)).toBe(false);
  expect(rules.ignoresIdentity(identity)).toBe(false);
});

it('a range includes both its ends, and compares numbers', () => {
  const rules = new NodeRules({ nodes: { from: 2, to: 10 } });
  const allowed = [1, 2, 9, 10, 11, 100].filter((number) => rules.allowsNode(`/dev/video${number}`));
  expect(allowed).toEqual([2, 9, 10]);
});

describe('a node', () => {
  it('is ignored by its own name alone', () => {
    const rules = rulesFor('/dev/video1');
    expect(rules.allowsNode('/dev/video1')).toBe(false);
    expect(rules.allowsNode('/dev/video10')).toBe(true);
  });

  it('is ignored with others by a star', () => {
    expect(rulesFor('/dev/video1*').allowsNode('/dev/video10')).toBe(false);
  });
});

describe('before a device is opened', () => {
  it.each([
    'HD Webcam',
    'hd webcam',
    'HD*',
    '*webcam*',
    'HD Webcam: HD Webcam',
    'usb:046d:0825',
    'USB:046D:0825',
    'usb:046d:*',
  ])('it is ignored by %s', (pattern) => {
    expect(rulesFor('other', pattern).ignoresFacts(facts)).toBe(true);
  });

  it.each(['Webcam', 'HD', 'usb:046d:082', 'usb:0825:046d', 'HD.Webcam', '.*'])(
    'it is not ignored by %s, which is not the whole text',
    (pattern) => {
      expect(rulesFor(pattern).ignoresFacts(facts)).toBe(false);
    },
  );

  it('one without an id or serial is matched by no star in their place', () => {
    const anonymous = { ...facts, name: '', vendorId: null, productId: null, serial: null };
    expect(rulesFor('usb:*:*', '*x*').ignoresFacts(anonymous)).toBe(false);
  });
});

it('an opened device is ignored by its card or its bus', () => {
  expect(rulesFor('usb-0000:00:14.0-1').ignoresIdentity(identity)).toBe(true);
  expect(rulesFor('usb-0000:00:14.0-*').ignoresIdentity(identity)).toBe(true);
  expect(rulesFor('HD Webcam').ignoresIdentity(identity)).toBe(true);
  expect(rulesFor('usb-0000:00:14.0').ignoresIdentity(identity)).toBe(false);
});

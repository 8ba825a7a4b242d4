import { describe, expect, test } from 'vitest';
import { scoreIdentity, serialOf } from '../../src/cameras/identity.ts';
import { otherPort, usbCamera } from './samples.ts';

const noUsb = { vendorId: null, productId: null, interfaceNumber: null };

const vivid = (index: number) =>
  usbCamera({ ...noUsb, sysPath: '/sys/devices/platform/vivid.0', busInfo: `platform:vivid-00${index}` });

describe('one found and one known', () => {
  test('the same camera at another node is the same', () => {
    const { score, matchedBy } = scoreIdentity(usbCamera({}, { node: '/dev/video4' }), usbCamera());
    expect(score).toBeGreaterThanOrEqual(40);
    expect(matchedBy).toEqual(['port', 'bus', 'usb id', 'name', 'formats', 'interface']);
  });

  test('without a serial in another port it is still the same, but less surely', () => {
    const moved = scoreIdentity(usbCamera(otherPort), usbCamera());
    expect(moved).toEqual({ score: 45, matchedBy: ['usb id', 'name', 'formats', 'interface'] });
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
    expect(scoreIdentity(silent, silent)).toEqual({ score: 15, matchedBy: ['formats', 'interface'] });
    expect(scoreIdentity(silent, usbCamera({ serial: 'A1' })).score).toBeLessThan(40);
  });

  test('a test camera is never a real one', () => {
    expect(scoreIdentity(usbCamera({}, { kind: 'test' }), usbCamera()).score).toBe(0);
  });

  test('two capture nodes of one parent are two cameras', () => {
    expect(scoreIdentity(vivid(0), vivid(0)).score).toBeGreaterThanOrEqual(40);
    expect(scoreIdentity(vivid(0), vivid(1)).score).toBe(0);
  });

  test('a serial weighs more than a port', () => {
    const found = usbCamera({ ...otherPort, serial: 'A1' });
    const bySerial = scoreIdentity(found, usbCamera({ serial: 'A1' }));
    const byPort = scoreIdentity(found, usbCamera(otherPort));
    expect(bySerial.score).toBeGreaterThan(byPort.score);
    expect(scoreIdentity(found, usbCamera({ serial: 'A1' }), false).matchedBy).not.toContain('serial');
  });

  test('a serial that could not be read makes no other camera of it in its own port, but in another', () => {
    expect(scoreIdentity(usbCamera(), usbCamera({ serial: 'A1' })).score).toBeGreaterThanOrEqual(40);
    expect(scoreIdentity(usbCamera(otherPort), usbCamera({ serial: 'A1' })).score).toBe(0);
  });
});

test.each([
  '',
  ' ',
  '0',
  '0000',
  '00000000',
  'FFFF',
  '200901010001',
  '0123456789ABCDEF',
  '01.00.00',
  'SN0001',
  'None',
])('the serial %j is of no camera in particular', (serial) =>
  expect(serialOf(usbCamera({ serial }).identity)).toBeNull(),
);

test.each(['A1', '8B2C4F1E', '2020111', '046d0825', 'SN0012', '12345'])(
  'the serial %j is a serial',
  (serial) => {
    expect(serialOf(usbCamera({ serial }).identity)).toBe(serial);
  },
);

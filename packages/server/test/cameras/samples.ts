import type { DeviceCandidate, DeviceIdentity } from '../../src/devices/device.ts';
import { defaultSettings, nothingLearned, unrecognised, type CameraRow } from '../../src/store/cameras.ts';

/** A USB camera as it is found; two of one make differ in what the test says. */
export function usbCamera(
  identity: Partial<DeviceIdentity> = {},
  rest: Partial<DeviceCandidate> = {},
): DeviceCandidate {
  return {
    kind: 'usb',
    node: '/dev/video0',
    name: 'HD Webcam',
    identity: {
      driver: 'uvcvideo',
      card: 'HD Webcam: HD Webcam',
      busInfo: 'usb-0000:00:14.0-1',
      sysPath: '/sys/devices/pci0000:00/usb1/1-1/1-1:1.0',
      vendorId: '046d',
      productId: '0825',
      serial: null,
      interfaceNumber: '00',
      ...identity,
    },
    capabilities: {
      formats: ['YUYV', 'MJPG'],
      modes: [{ pixelFormat: 'MJPG', width: 1280, height: 720, fps: 30 }],
    },
    isConfirmed: false,
    problem: null,
    ...rest,
  };
}

/** The same make in another port. */
export const otherPort = {
  busInfo: 'usb-0000:00:14.0-2',
  sysPath: '/sys/devices/pci0000:00/usb1/1-2/1-2:1.0',
};

/** A known USB camera, as it is kept. */
export function usbRow(change: Partial<CameraRow> = {}): CameraRow {
  const { name, identity, capabilities, node } = usbCamera();
  return {
    number: 0,
    kind: 'usb',
    name,
    identity,
    capabilities,
    node,
    capabilityStatus: 'CONFIRMED',
    createdAt: 0,
    lastSeen: 0,
    settings: defaultSettings,
    controls: {},
    recognition: unrecognised,
    learned: nothingLearned,
    releasedUntil: null,
    ...change,
  };
}

export const thirdPort = {
  busInfo: 'usb-0000:00:14.0-3',
  sysPath: '/sys/devices/pci0000:00/usb1/1-3/1-3:1.0',
};

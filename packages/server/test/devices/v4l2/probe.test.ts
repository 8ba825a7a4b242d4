import { expect, it } from 'vitest';

import { displayName } from '../../../src/devices/v4l2/display-name.ts';
import { NodeRules } from '../../../src/devices/v4l2/node-rules.ts';
import { checkNode, probeNode } from '../../../src/devices/v4l2/probe.ts';
import { makeDeviceTree } from './device-tree.ts';

it.each([
  ['Integrated Camera: Integrated C', 'Integrated Camera'],
  ['USB2.0 HD UVC WebCam: USB2.0 HD', 'USB2.0 HD UVC WebCam'],
  ['HD Pro Webcam C920', 'HD Pro Webcam C920'],
  ['Dual Camera: Infrared', 'Dual Camera: Infrared'],
  ['', ''],
])('a name that is said twice is said once: %s', (card, name) => {
  expect(displayName(card)).toBe(name);
});

it('a node that is not there is gone', async () => {
  await using tree = await makeDeviceTree();
  expect(await probeNode(tree.nodePath('video0'), tree.sysDir)).toEqual({ outcome: 'gone' });
});

it('a file that is no video device is something else', async () => {
  await using tree = await makeDeviceTree();
  await tree.addFile('video0');
  expect(await probeNode(tree.nodePath('video0'), tree.sysDir)).toMatchObject({ outcome: 'other' });
});

it('a node without a driver is gone, unless the kernel knows its device', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  expect(await probeNode(tree.nodePath('video0'), tree.sysDir)).toEqual({ outcome: 'gone' });
  await tree.describe('video0');
  expect(await probeNode(tree.nodePath('video0'), tree.sysDir)).toMatchObject({
    outcome: 'failed',
    code: 'ENXIO',
    candidate: {
      kind: 'usb',
      name: 'HD Pro Webcam C920',
      identity: {
        driver: 'uvcvideo',
        card: 'HD Pro Webcam C920',
        sysPath: tree.interfacePath,
        vendorId: '046d',
        productId: '082d',
        serial: 'A1B2C3D4',
        interfaceNumber: '00',
      },
      problem: { status: 'ERROR' },
    },
  });
});

it('a device that is not on USB has no USB identity', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  await tree.describe('video0', { isUsb: false });
  const probe = await probeNode(tree.nodePath('video0'), tree.sysDir);
  expect(probe).toMatchObject({
    candidate: {
      identity: { sysPath: tree.interfacePath, vendorId: null, serial: null, interfaceNumber: null },
    },
  });
});

it('a node that is ignored by what the kernel says of it is not asked, even one that cannot answer', async () => {
  await using tree = await makeDeviceTree();
  await tree.addDeadNode('video0');
  await tree.describe('video0');
  const probe = (ignore: string) =>
    probeNode(tree.nodePath('video0'), tree.sysDir, new NodeRules({ ignore: [ignore] }));
  for (const ignore of ['hd pro webcam*', 'usb:046D:082d', 'usb:046d:*', 'a1b2c3d4']) {
    expect(await probe(ignore), ignore).toMatchObject({ outcome: 'other' });
  }
  expect(await probe('C920')).toMatchObject({ outcome: 'failed' });
});

it('a camera that no longer answers the short question is asked everything', async () => {
  await using tree = await makeDeviceTree();
  expect(await checkNode(tree.nodePath('video0'), tree.sysDir)).toEqual({ outcome: 'gone' });
});

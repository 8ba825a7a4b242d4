// Plugs emulated webcams into the kernel's USB hub, uses and breaks them, and prints what it saw, one JSON a line.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { UsbWebcam } from '@mediamtx-camera-service/testkit';

import { openDevice } from '../../../dist/devices/v4l2/ioctl.js';
import { probeNode } from '../../../dist/devices/v4l2/probe.js';
import { report, run, until } from './steps.mjs';
import { countFramesWhileSilent, everyStep, showFault } from './webcam-faults.mjs';
import { readWebcam } from './webcam-reader.mjs';

const VIDIOC_S_CTRL = 0xc008561c;
const CONTROL = {
  brightness: 0x00980900,
  powerLine: 0x00980918,
  autoWhite: 0x0098090c,
  whiteKelvin: 0x0098091a,
};

const fact = (directory, name) => readFileSync(join(directory, name), 'utf8').trim();
const probeAll = (nodes) => Promise.all(nodes.map((node) => probeNode(node, '/sys')));
const webcam = UsbWebcam.create({
  port: 2,
  name: 'HD Webcam',
  serial: '4F2A91',
  vendorId: '046d',
  productId: '082d',
});

async function isFound() {
  await run('camera', 'usb');
  await webcam.plug();
  await webcam.node();
  const nodes = await until('both nodes', async () => {
    const found = await webcam.nodes();
    return found.length === 2 && found;
  });
  const directory = await webcam.sysDirectory();
  const [vendorId, productId, serial] = ['idVendor', 'idProduct', 'serial'].map((name) =>
    fact(directory, name),
  );
  const probes = await probeAll(nodes);
  report('found', { nodes, vendorId, productId, serial, directory, probes });
}

async function givesPictures() {
  const node = await webcam.node();
  const modes = [
    { inputFormat: 'mjpeg', width: 320, height: 180, fps: 5 },
    { inputFormat: 'mjpeg', width: 640, height: 360, fps: 10 },
    { inputFormat: 'yuyv422', width: 320, height: 180, fps: 5 },
  ];
  const captured = [];
  for (const mode of modes) {
    const reader = readWebcam(node, mode);
    const numbers = await reader.next(10);
    captured.push({ numbers, mode: webcam.streaming, stderr: reader.stderr });
    await reader.stop();
  }
  await until('the webcam to know that it is over', () => webcam.streaming === null);
  report('pictures', { captured });
}

/** Asynchronously, since this very process answers what the driver asks of the webcam. */
async function setControl(device, id, value) {
  const control = Buffer.alloc(8);
  control.writeUInt32LE(id, 0);
  control.writeInt32LE(value, 4);
  await device.ioctlAsync(VIDIOC_S_CTRL, control);
}

async function takesControls() {
  const device = await openDevice(await webcam.node());
  await setControl(device, CONTROL.brightness, -20);
  await setControl(device, CONTROL.powerLine, 2);
  const refused = await setControl(device, CONTROL.whiteKelvin, 3000).then(
    () => null,
    ({ code }) => code,
  );
  await setControl(device, CONTROL.autoWhite, 0);
  await setControl(device, CONTROL.whiteKelvin, 3000);
  await device.close();
  const names = ['brightness', 'powerLineFrequency', 'whiteBalanceAuto', 'whiteBalanceTemperature'];
  report('controls', {
    refused,
    values: Object.fromEntries(names.map((name) => [name, webcam.control(name)])),
  });
}

async function goesWrong() {
  const reader = readWebcam(await webcam.node());
  const sound = await reader.next(5);
  await showFault({ webcam, reader, fault: 'freeze', frames: 4, shows: everyStep((step) => step === 0) });
  await showFault({ webcam, reader, fault: 'half-rate', frames: 4, shows: everyStep((step) => step >= 2) });
  await showFault({
    webcam,
    reader,
    fault: 'black',
    frames: 2,
    shows: ([one, two]) => one.brightest + two.brightest < 60,
  });
  webcam.setFault('corrupt');
  await until('a complaint of the decoder', () => reader.stderr !== '');
  // So that what is still under way shows its number.
  await showFault({ webcam, reader, fault: 'none', frames: 4, shows: everyStep((step) => step === 1) });
  webcam.setFault('stall');
  const stalled = await countFramesWhileSilent(webcam, reader);
  await showFault({ webcam, reader, fault: 'none', frames: 4, shows: everyStep((step) => step === 1) });
  report('faults', { sound, stalled, complaints: reader.stderr.slice(0, 1000) });
  await reader.stop();
}

async function dies() {
  const node = await webcam.node();
  const reader = readWebcam(node);
  await reader.next(3);
  webcam.setFault('dead');
  const received = await countFramesWhileSilent(webcam, reader);
  await reader.stop();
  const [probe] = await probeAll([node]);
  const again = readWebcam(node);
  const code = await again.exited;
  webcam.setFault('none');
  const healed = readWebcam(node);
  const numbers = await healed.next(3);
  await healed.stop();
  report('dead', { received, stderr: reader.stderr, code, stderrAgain: again.stderr, probe, numbers });
}

async function failsOnce() {
  const node = await webcam.node();
  webcam.failNextStart();
  const first = readWebcam(node);
  const code = await first.exited;
  const second = readWebcam(node);
  const numbers = await second.next(3);
  await second.stop();
  report('fails-once', { code, stderr: first.stderr, numbers });
}

async function isMoved() {
  const reader = readWebcam(await webcam.node());
  await reader.next(3);
  await webcam.unplug();
  const code = await reader.exited;
  const left = readdirSync('/dev').filter((name) => name.startsWith('video'));
  webcam.delayNextProbe(1000);
  await webcam.plug(5);
  const [probe] = await probeAll([await webcam.node()]);
  const brightness = webcam.control('brightness');
  const again = readWebcam(await webcam.node());
  const numbers = await again.next(3);
  await again.stop();
  report('moved', { code, stderr: reader.stderr, left, probe, brightness, numbers });
}

async function hasATwin() {
  const twins = [6, 7].map((port) => UsbWebcam.create({ port, serial: null }));
  for (const twin of twins) await twin.plug();
  const nodes = await Promise.all(twins.map((twin) => twin.node()));
  const readers = nodes.map((node) => readWebcam(node));
  const numbers = await Promise.all(readers.map((reader) => reader.next(3)));
  await Promise.all(readers.map((reader) => reader.stop()));
  report('twins', { probes: await probeAll(nodes), numbers });
  for (const twin of twins) await twin.unplug();
}

await isFound();
await givesPictures();
await takesControls();
await goesWrong();
await dies();
await failsOnce();
await isMoved();
await hasATwin();
await webcam.unplug();
report('ended', { nodes: readdirSync('/dev').filter((name) => name.startsWith('video')) });

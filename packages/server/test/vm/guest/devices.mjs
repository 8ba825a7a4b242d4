// Drives the V4L2 watcher against the kernel's virtual cameras, and prints what it saw, one JSON a line.
// Usage: node devices.mjs FFMPEG
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, watch } from 'node:fs';

import { findHolder } from '../../../dist/devices/v4l2/holder.js';
import { openDevice } from '../../../dist/devices/v4l2/ioctl.js';
import { V4l2Watcher } from '../../../dist/devices/v4l2/watcher.js';
import { holdCamera, setOff } from './faults.mjs';
import { report, run, until } from './steps.mjs';

const [ffmpegPath] = process.argv.slice(2);
const WEBCAM = ['num_inputs=1', 'input_types=0x0'];

const deliveries = [];
// Emulated, and on a busy machine, a look at all modes may take longer than a real device ever does.
const watcher = new V4l2Watcher({ probeTimeoutMs: 60_000 });
const deliveredAtMs = [];
watcher.onChange((candidates) => {
  deliveries.push(candidates);
  deliveredAtMs.push(Date.now());
});

const current = () => deliveries.at(-1);
const find = (card) => current().find((candidate) => candidate.identity.card === card);
const appears = (card, node) =>
  until(`${card} to appear`, () => {
    const found = find(card);
    return found && (node === undefined || found.node === node) ? found : undefined;
  });
const equalCameras = () => current().filter(({ identity }) => identity.driver === 'vivi4');
const vanishes = (card) => until(`${card} to vanish`, () => !find(card));
const loadedKoffi = () => readFileSync('/proc/self/maps', 'utf8').includes('koffi');

async function findsWhatIsThere() {
  const before = loadedKoffi();
  await watcher.start();
  report('start', { candidates: current(), deliveries: deliveries.length, before, after: loadedKoffi() });
}

async function confirmsByASecondProbe() {
  await until('both to be confirmed', () => current().every(({ isConfirmed }) => isConfirmed));
  report('confirmed', { lists: deliveries });
}

async function tellsAPlugSoon() {
  let eventMs;
  const directory = watch('/dev', (_event, name) => {
    if (/^video\d+$/.test(name)) eventMs ??= Date.now();
  });
  await run('plug', '3');
  const { node } = await appears('vivi3');
  await until('vivi3 to be confirmed', () => find('vivi3')?.isConfirmed);
  directory.close();
  const told = deliveries.flatMap((list, index) =>
    list.filter(({ name }) => name === 'vivi3').map(({ isConfirmed }) => ({ isConfirmed, index })),
  );
  // From the making of the node, by the same clock.
  const since = (timeMs) => Math.round(timeMs - statSync(node).birthtimeMs);
  const firstMs = (wanted) =>
    since(deliveredAtMs[told.findLast(({ isConfirmed }) => isConfirmed === wanted).index]);
  report('soon', { eventMs: since(eventMs), toldMs: firstMs(false), confirmedMs: firstMs(true) });
  await run('unplug', '3');
  await vanishes('vivi3');
}

async function noticesAReplugThatNobodySaw() {
  await run('plug', '3');
  // Only then is its node closed for good.
  const before = await until('vivi3 to be confirmed', () => find('vivi3')?.isConfirmed && find('vivi3'));
  const from = deliveries.length;
  // Nothing of ours runs meanwhile, so that the look comes after both.
  execFileSync('bash', ['-c', `unplug 3; plug 3 ${before.node.slice('/dev/video'.length)}`]);
  await until('vivi3 to be gone and back', () => deliveries.length >= from + 2 && find('vivi3'));
  report('replugged', {
    node: before.node,
    lists: deliveries.slice(from).map((list) => list.filter(({ name }) => name === 'vivi3')),
  });
  await run('unplug', '3');
  await vanishes('vivi3');
}

async function listNames(options) {
  const other = new V4l2Watcher({ probeTimeoutMs: 60_000, ...options });
  let latest = [];
  other.onChange((candidates) => (latest = candidates));
  await other.start();
  await other.stop();
  return latest.map(({ name }) => name);
}

async function leavesIgnoredOnesAlone() {
  report('ignored', {
    byBus: await listNames({ ignore: ['PLATFORM:vivi1-*'] }),
    byName: await listNames({ ignore: ['vivi2*'] }),
    byNumber: await listNames({ nodes: { from: 2, to: 63 } }),
  });
}

async function hotPlugs() {
  const startedMs = performance.now();
  await run('plug', '3');
  const candidate = await appears('vivi3');
  const pluggedMs = Math.round(performance.now() - startedMs);
  await run('unplug', '3');
  await vanishes('vivi3');
  report('hot-plug', { candidate, pluggedMs, left: current().map(({ name }) => name) });
}

async function comesBackAsAnotherNumber() {
  const before = find('vivi1');
  await run('unplug', '1');
  await vanishes('vivi1');
  await run('plug', '1', '7');
  report('moved', { before, after: await appears('vivi1', '/dev/video7') });
}

async function leavesOtherNodesOut() {
  await run('plug', '4', '9', 'node_types=0x60101', ...WEBCAM);
  await appears('vivi4');
  await run('mknod', '/dev/video40', 'c', '81', '240');
  await watcher.rescan();
  report('other-nodes', {
    present: readdirSync('/dev').filter((name) => /^video\d+$/.test(name)),
    listed: current().filter(({ identity }) => identity.card === 'vivi4'),
    stale: current().some(({ node }) => node === '/dev/video40'),
  });
  await run('rm', '/dev/video40');
  await run('unplug', '4');
  await vanishes('vivi4');
}

async function tellsEqualCamerasApart() {
  await run('plug', '4', 'n_devs=2', 'node_types=0x1,0x1', 'num_inputs=1,1', 'input_types=0x0,0x0');
  await until('both cameras', () => equalCameras().length === 2);
  report('equal', { identities: equalCameras().map(({ identity }) => identity) });
  await run('unplug', '4');
  await until('both to vanish', () => equalCameras().length === 0);
}

async function namesADeadDevice() {
  const before = find('vivi2');
  // Held open meanwhile: this fault heals when the last user closes.
  const device = await openDevice(before.node);
  setOff('disconnect', device);
  await watcher.rescan();
  const dead = find('vivi2');
  await device.close();
  await watcher.rescan();
  report('dead', { before, dead, healed: find('vivi2') });
}

async function noticesADeadDeviceByItself() {
  const other = new V4l2Watcher({ rescanMs: 1000, probeTimeoutMs: 60_000 });
  let camera;
  other.onChange((list) => (camera = list.find(({ name }) => name === 'vivi2')));
  await other.start();
  await until('vivi2 to be confirmed', () => camera?.isConfirmed);
  const device = await openDevice(camera.node);
  setOff('disconnect', device);
  await until('vivi2 to be dead', () => camera?.problem);
  const dead = camera;
  await device.close();
  await until('vivi2 to be healed', () => camera && camera.problem === null);
  report('dead-unasked', { dead, healed: camera });
  await other.stop();
}

async function namesADeniedDevice() {
  const { node } = find('vivi2');
  const from = deliveries.length;
  const problem = () => find('vivi2').problem;
  const before = problem();
  chmodSync(node, 0o600);
  process.seteuid(65534);
  await watcher.rescan();
  await until('the grace to pass', () => problem()?.status === 'ERROR');
  process.seteuid(0);
  chmodSync(node, 0o666);
  process.seteuid(65534);
  await until('the device to open', () => problem() === null);
  process.seteuid(0);
  const told = deliveries.slice(from).map((list) => list.find(({ name }) => name === 'vivi2').problem);
  // Other cameras are denied too, and each makes a list; one of them may come before this one is looked at.
  const problems = told.filter(
    (now, index) => now?.status !== (index === 0 ? before : told[index - 1])?.status,
  );
  report('denied', { problems });
}

async function namesTheHolder() {
  const { node } = find('vivi2');
  const free = await findHolder(node);
  const ffmpeg = await holdCamera(ffmpegPath, node);
  const holder = await findHolder(node);
  await watcher.rescan();
  report('holder', { free: free ?? null, holder, pid: ffmpeg.pid, problem: find('vivi2').problem });
  await ffmpeg.release();
}

async function survivesFlutter() {
  const from = deliveries.length;
  await run('bash', '-c', 'for i in 1 2 3 4 5 6 7 8 9 10; do plug 3; unplug 3; done; plug 3');
  await watcher.rescan();
  report('flutter', {
    told: deliveries
      .slice(from)
      .flatMap((list) =>
        list.map(({ problem, capabilities }) => ({ problem, modes: capabilities.modes.length })),
      ),
    nodes: readdirSync('/sys/devices/platform/vivi3.0/video4linux').map((name) => `/dev/${name}`),
    listed: current().filter(({ name }) => name === 'vivi3'),
  });
  await run('unplug', '3');
  await vanishes('vivi3');
}

async function readsOtherKinds() {
  await run('plug', '5', 'multiplanar=2', ...WEBCAM);
  const multiplanar = await appears('vivi5');
  await run('plug', '6', 'num_inputs=1', 'input_types=0x3');
  const scaling = await appears('vivi6');
  await run('plug', '8', 'num_inputs=1', 'input_types=0x3', 'ccs_cap_mode=0');
  report('kinds', { multiplanar, scaling, fixed: await appears('vivi8') });
}

await findsWhatIsThere();
await confirmsByASecondProbe();
await leavesIgnoredOnesAlone();
await hotPlugs();
await tellsAPlugSoon();
await noticesAReplugThatNobodySaw();
await comesBackAsAnotherNumber();
await leavesOtherNodesOut();
await tellsEqualCamerasApart();
await namesADeadDevice();
await noticesADeadDeviceByItself();
await namesADeniedDevice();
await namesTheHolder();
await survivesFlutter();
await readsOtherKinds();
const texts = deliveries.map((list) => JSON.stringify(list));
report('deliveries', { repeated: texts.filter((text, index) => text === texts[index - 1]).length });
await watcher.stop();
await run('unplug', '2');
await watcher.rescan();
report('stopped', { late: deliveries.length - texts.length });

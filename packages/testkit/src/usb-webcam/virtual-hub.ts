// The kernel's virtual USB hub (vhci_hcd): a plug is a socket that it is given, by way of sysfs.
import { access, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { until } from '../until.ts';
import { socketPair } from './socket-pair.ts';
import type { Socket } from 'node:net';

const CONTROLLER = '/sys/devices/platform/vhci_hcd.0';
const NODES = '/sys/class/video4linux';
/** The kernel's number for 480 Mbit/s, and the speed as sysfs has it. */
const HIGH_SPEED = { number: 3, text: '480' };
const FREE = 4;
/** Emulated, the kernel takes seconds for what is done in milliseconds elsewhere. */
export const SLOW_MS = 60_000;

/** Plugs a device in at the port, 0 to 14. The socket is the device's end; it closes when it is unplugged. */
export async function attach(port: number): Promise<Socket> {
  await access(CONTROLLER).catch((cause: unknown) => {
    throw new Error('no virtual USB hub: in the camera VM, `camera usb` makes it', { cause });
  });
  // The port of a device that was just pulled is freed a moment later.
  await until(() => isFree(port), { what: `USB port ${port} to be free`, timeoutMs: SLOW_MS });
  const { device, host, hostFd } = await socketPair();
  // Asynchronous, as all here: a blocked event loop could not answer what the kernel asks meanwhile.
  await writeFile(join(CONTROLLER, 'attach'), `${port} ${hostFd} ${0x10001 + port} ${HIGH_SPEED.number}`);
  // The kernel has taken a reference of its own.
  host.destroy();
  return device;
}

/** Pulls what is plugged in at the port; resolves when the kernel has taken its device away. */
export async function detach(port: number): Promise<void> {
  const directory = await portDirectory(port);
  await writeFile(join(CONTROLLER, 'detach'), String(port));
  const isGone = async (): Promise<boolean> => (await isFree(port)) && !(await exists(directory));
  await until(isGone, { what: `USB port ${port} to be empty`, timeoutMs: SLOW_MS });
}

/** The directory in sysfs that a device at the port has, there or not. */
export async function portDirectory(port: number): Promise<string> {
  for (const name of await readdir(CONTROLLER)) {
    const bus = /^usb(\d+)$/.exec(name)?.[1];
    if (bus === undefined) continue;
    const speed = await readFile(join(CONTROLLER, name, 'speed'), 'utf8');
    if (speed.trim() === HIGH_SPEED.text) return join(CONTROLLER, name, `${bus}-${port + 1}`);
  }
  throw new Error(`${CONTROLLER} has no high-speed bus`);
}

/** The V4L2 nodes of the webcam at the port by their index: 0 is the picture, 1 its metadata. */
export async function videoNodes(port: number): Promise<string[]> {
  const directory = await portDirectory(port);
  const nodes: string[] = [];
  for (const name of await readdir(NODES).catch(() => [])) {
    // It may vanish at any time.
    const path = await realpath(join(NODES, name)).catch(() => '');
    const index = await readFile(join(path, 'index'), 'utf8').catch(() => '');
    if (path.startsWith(`${directory}/`) && index !== '') nodes[Number(index)] = `/dev/${name}`;
  }
  return nodes;
}

async function isFree(port: number): Promise<boolean> {
  const status = await readFile(join(CONTROLLER, 'status'), 'utf8');
  // hub port sta spd dev sockfd local_busid
  const line = status
    .split('\n')
    .find((text) => text.startsWith('hs') && Number(text.split(/\s+/)[1]) === port);
  if (line === undefined) throw new Error(`no USB port ${port}`);
  return Number(line.split(/\s+/)[2]) === FREE;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

// A directory of nodes and a sysfs beside it, laid out as the kernel does for a webcam.
// A unix socket stands for a node without a driver: both answer ENXIO to open(), and anybody may make one.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DeviceTree extends AsyncDisposable {
  devDir: string;
  sysDir: string;
  /** The sysfs directory of the webcam's USB interface. */
  interfacePath: string;
  nodePath(name: string): string;
  addFile(name: string): Promise<void>;
  addDeadNode(name: string): Promise<void>;
  removeNode(name: string): Promise<void>;
  /** Makes the node's entry in sysfs. */
  describe(name: string, options?: { isUsb?: boolean; index?: number }): Promise<void>;
  /** Gives a described node another name for its device. */
  rename(name: string, text: string): Promise<void>;
}

export async function makeDeviceTree(): Promise<DeviceTree> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'devices-')));
  const [devDir, sysDir] = [join(root, 'dev'), join(root, 'sys')];
  const usbPath = join(sysDir, 'devices/usb1/1-2');
  const interfacePath = join(usbPath, '1-2:1.0');
  const driverPath = join(sysDir, 'bus/usb/drivers/uvcvideo');
  for (const directory of [devDir, interfacePath, driverPath]) await mkdir(directory, { recursive: true });
  await symlink(driverPath, join(interfacePath, 'driver'));
  const servers = new Map<string, Server>();
  const nodePath = (name: string): string => join(devDir, name);

  const removeNode = async (name: string): Promise<void> => {
    const server = servers.get(name);
    servers.delete(name);
    // Closing removes the socket's file.
    if (server) await once(server.close(), 'close');
  };

  return {
    devDir,
    sysDir,
    interfacePath,
    nodePath,
    removeNode,
    addFile: (name) => writeFile(nodePath(name), ''),
    async addDeadNode(name) {
      const server = createServer().listen(nodePath(name));
      servers.set(name, server);
      await once(server, 'listening');
    },
    async describe(name, { isUsb = true, index = 0 } = {}) {
      const entry = join(interfacePath, 'video4linux', name);
      await mkdir(entry, { recursive: true });
      await mkdir(join(sysDir, 'class/video4linux'), { recursive: true });
      await symlink(entry, join(sysDir, 'class/video4linux', name));
      await symlink(interfacePath, join(entry, 'device'));
      await writeFile(join(entry, 'name'), 'HD Pro Webcam C920\n');
      await writeFile(join(entry, 'index'), `${index}\n`);
      if (!isUsb) return;
      await writeFile(join(interfacePath, 'bInterfaceNumber'), '00\n');
      await writeFile(join(usbPath, 'idVendor'), '046d\n');
      await writeFile(join(usbPath, 'idProduct'), '082d\n');
      await writeFile(join(usbPath, 'serial'), 'A1B2C3D4\n');
    },
    rename: (name, text) => writeFile(join(interfacePath, 'video4linux', name, 'name'), `${text}\n`),
    async [Symbol.asyncDispose]() {
      for (const name of servers.keys()) await removeNode(name);
      await rm(root, { recursive: true });
    },
  };
}

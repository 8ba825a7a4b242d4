import { readFile, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What the kernel says about a node without opening it. */
export interface SysfsFacts {
  /** False for a node left behind by a device that is gone, as a container's static /dev has them. */
  isPresent: boolean;
  /** The node's name for its device; '' when unknown. */
  name: string;
  driver: string;
  /** The how-many-th node of its device; null when unknown. A webcam's picture is its node 0. */
  index: number | null;
  sysPath: string | null;
  vendorId: string | null;
  productId: string | null;
  serial: string | null;
  interfaceNumber: string | null;
}

/** Reads a node's entry below `sysDir` (/sys). Never throws: what is missing is null or ''. */
export async function readSysfs(nodeName: string, sysDir: string): Promise<SysfsFacts> {
  const entry = join(sysDir, 'class/video4linux', nodeName);
  const [entryPath, sysPath] = await Promise.all([resolvePath(entry), resolvePath(join(entry, 'device'))]);
  const [name, index, driver] = await Promise.all([
    readValue(join(entry, 'name')),
    readValue(join(entry, 'index')),
    sysPath === null ? null : readLinkName(join(sysPath, 'driver')),
  ]);
  return {
    isPresent: entryPath !== null,
    name: name ?? '',
    driver: driver ?? '',
    index: index === null ? null : Number(index),
    sysPath,
    ...(await readUsbFacts(sysPath)),
  };
}

type UsbFacts = Pick<SysfsFacts, 'vendorId' | 'productId' | 'serial' | 'interfaceNumber'>;

// A USB node's device is the interface (1-2:1.0); the ids belong to the device above it (1-2).
async function readUsbFacts(sysPath: string | null): Promise<UsbFacts> {
  const interfaceNumber = sysPath === null ? null : await readValue(join(sysPath, 'bInterfaceNumber'));
  if (sysPath === null || interfaceNumber === null) {
    return { vendorId: null, productId: null, serial: null, interfaceNumber: null };
  }
  const usbDevice = dirname(sysPath);
  const [vendorId, productId, serial] = await Promise.all(
    ['idVendor', 'idProduct', 'serial'].map((file) => readValue(join(usbDevice, file))),
  );
  return {
    vendorId: vendorId ?? null,
    productId: productId ?? null,
    serial: serial ?? null,
    interfaceNumber,
  };
}

async function readValue(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim() || null;
  } catch {
    return null; // not every device has every attribute, and an unplug removes them while we read
  }
}

async function resolvePath(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch {
    return null; // not there, or just gone
  }
}

async function readLinkName(path: string): Promise<string | null> {
  try {
    return basename(await readlink(path));
  } catch {
    return null; // a device without a driver link
  }
}

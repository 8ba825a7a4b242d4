import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** What tells, without opening a node, whether it is still the device that it was. */
export interface NodeLife {
  /** Another one with each device that comes to the node, also with the same device plugged in again. */
  device: string;
  /** Another one after a change of the node's owner or rights too. */
  access: string;
}

/** Undefined when there is no such node. `sysDir` is /sys. */
export async function readNodeLife(node: string, sysDir: string): Promise<NodeLife | undefined> {
  const entry = join(sysDir, 'class/video4linux', basename(node));
  const [file, inode] = await Promise.all([readStat(node), readStat(entry).then((about) => about?.ino)]);
  if (file === undefined) return undefined;
  // A container's node stays while devices come and go; the kernel's entry of each device has an inode of its own.
  return {
    device: `${file.ino} ${file.birthtimeNs} ${file.rdev} ${inode ?? 'none'}`,
    access: `${file.ctimeNs}`,
  };
}

async function readStat(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch {
    return undefined; // not there, or just gone
  }
}

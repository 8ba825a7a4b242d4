import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

export interface DeviceHolder {
  pid: number;
  /** The program's name as the kernel keeps it, 15 letters at most. */
  command: string;
}

/**
 * Names another process that has the node open; undefined when there is none that we may see (other users'
 * processes show only to root). One that has mapped the device's buffers, and so streams, goes before one
 * that merely has it open.
 */
export async function findHolder(node: string): Promise<DeviceHolder | undefined> {
  const target = await realpath(node).catch(() => node);
  const holders: DeviceHolder[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid || !(await hasOpen(pid, target))) continue;
    const holder = { pid, command: (await readProc(pid, 'comm')).trim() };
    if ((await readProc(pid, 'maps')).includes(` ${target}\n`)) return holder;
    holders.push(holder);
  }
  return holders[0];
}

async function hasOpen(pid: number, target: string): Promise<boolean> {
  const directory = `/proc/${pid}/fd`;
  try {
    const descriptors = await readdir(directory);
    const links = await Promise.allSettled(descriptors.map((name) => readlink(join(directory, name))));
    return links.some((link) => link.status === 'fulfilled' && link.value === target);
  } catch {
    return false; // ended meanwhile, or another user's
  }
}

async function readProc(pid: number, file: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // ended meanwhile, or another user's
  }
}

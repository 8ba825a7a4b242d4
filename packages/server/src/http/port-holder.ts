import { readdir, readFile, readlink } from 'node:fs/promises';

/** The process that listens on a port of this machine. */
export interface PortHolder {
  pid: number;
  /** Its command line, cut to 200 characters. */
  command: string;
}

/** Who holds a TCP port; undefined where the system doesn't tell (another user's process, or not Linux). */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  const inodes = new Set(await listeningInodes(port));
  if (inodes.size === 0) return undefined;
  for (const pid of await processIds()) {
    if (await holdsOneOf(pid, inodes)) return { pid, command: await commandOf(pid) };
  }
  return undefined;
}

async function listeningInodes(port: number): Promise<string[]> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOrEmpty));
  const portHex = port.toString(16).toUpperCase().padStart(4, '0');
  const listenState = '0A';
  return tables
    .flatMap((table) => table.split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${portHex}`) && fields[3] === listenState)
    .map((fields) => fields[9]!);
}

async function processIds(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function holdsOneOf(pid: number, inodes: Set<string>): Promise<boolean> {
  // Another user's process, or one that has just ended, can't be read.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

async function commandOf(pid: number): Promise<string> {
  const text = await readOrEmpty(`/proc/${pid}/cmdline`);
  return text.replaceAll('\0', ' ').trim().slice(0, 200);
}

function readOrEmpty(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

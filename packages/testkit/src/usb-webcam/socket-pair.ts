import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

import { TempDir } from '../temp-dir.ts';

interface SocketPair {
  device: Socket;
  /** The end for the kernel: Node never reads from it. */
  host: Socket;
  hostFd: number;
}

/** Two connected stream sockets of this process. */
export async function socketPair(): Promise<SocketPair> {
  await using directory = await TempDir.create();
  const server = createServer({ pauseOnConnect: true });
  server.listen(directory.join('usb'));
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const device = createConnection(directory.join('usb'));
  await once(device, 'connect');
  const [host] = await accepted;
  server.close();
  return { device, host, hostFd: numberOf(host) };
}

/** A socket's file descriptor, which only Node's inside tells. */
function numberOf(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { _handle?: { fd?: number } };
  if (handle?.fd === undefined || handle.fd < 0) throw new Error('a socket without a file descriptor');
  return handle.fd;
}

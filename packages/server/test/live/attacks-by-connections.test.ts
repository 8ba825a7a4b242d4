import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Service, until } from '@mediamtx-camera-service/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { openFileLimit } from '../../src/http/socket-limits.ts';

const flood = 10_000;
const ofAddress = 2_000;
/** What a socket may cost at most, TLS included. */
const bytesEach = 100 * 1024;

const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

/** A connection of another address of this machine. */
function open(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
  socket.on('error', () => undefined);
  // Its end is told to whoever reads alone.
  socket.resume();
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  return socket;
}

/** Opens so many in groups, each of which has been accepted or refused before the next. */
async function openMany(port: number, count: number, greet: (socket: Socket) => void): Promise<void> {
  for (let opened = 0; opened < count; opened += 200) {
    const group = Array.from({ length: 200 }, () => open(port));
    await Promise.all(
      group.map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.once('connect', () => resolve(greet(socket)));
            socket.once('close', () => resolve());
          }),
      ),
    );
  }
}

function filesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}

describe('ten thousand connections of one address that say nothing', () => {
  // The clients' ends are in this process.
  const isPossible = openFileLimit() > flood + 1_000;

  test.each([
    ['HTTP', [], 'GET / HTTP/1.1\r\nHost: loc'],
    ['TLS', ['--tls'], '\x16\x03\x01'],
  ])(
    'over %s cost no more than the limit of one address, and others are served',
    async (_what, args, hello) => {
      expect(isPossible, `the limit of open files (ulimit -n) is ${openFileLimit()}`).toBe(true);
      await using service = await Service.start({ args });
      const port = Number(new URL(service.ready.http_url).port);
      const before = { files: filesOf(service.pid), memory: memoryOf(service.pid) };
      await using client = args.length === 0 ? await service.rawClient('viewer') : undefined;
      const flooding = openMany(port, flood, (socket) => socket.write(hello, 'latin1'));
      let isOver = false;
      void flooding.finally(() => (isOver = true));
      while (!isOver) {
        if (client) expect((await client.call('get_camera_list')).error).toBeUndefined();
        expect((await fetch(service.ready.health_url)).status).toBe(200);
      }
      await flooding;
      expect(filesOf(service.pid)).toBeLessThanOrEqual(before.files + ofAddress + 50);
      expect(memoryOf(service.pid)).toBeLessThan(before.memory + ofAddress * bytesEach);
      await until(() => sockets.size === 0, {
        what: 'every one of them being ended by the service',
        timeoutMs: 40_000,
      });
      await until(() => filesOf(service.pid) <= before.files + 50, { what: 'their descriptors being free' });
      expect(service.log).toContain('connections beyond the limit are closed');
      expect(service.log.split('connections beyond the limit are closed').length).toBeLessThan(5);
    },
  );
});

test('a client that takes its time for a request is ended, also in the middle of a flood of such', async () => {
  await using service = await Service.start();
  const port = Number(new URL(service.ready.http_url).port);
  await using client = await service.rawClient('viewer');
  const slow = Array.from({ length: 300 }, () => open(port));
  await Promise.all(slow.map((socket) => once(socket, 'connect')));
  const drip = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('a');
  }, 250);
  for (const socket of slow) socket.write('POST /rpc HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
  await until(() => sockets.size === 0, { what: 'all of them being ended', timeoutMs: 40_000 });
  clearInterval(drip);
  expect((await client.call('ping')).result).toBe('pong');
});
